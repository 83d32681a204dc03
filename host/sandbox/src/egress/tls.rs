//! TLS that does not come about, in words that say what has to be done and where: for ever the same until somebody does it.

use std::error::Error;
use std::io;

use rustls::{AlertDescription, CertificateError, InvalidMessage, PeerIncompatible};

use super::trust::fault;

/// What to switch on where a server is too old.
const NEEDED: &str = "TLS 1.3, or TLS 1.2 with TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 \
                      where its certificate is an ECDSA one)";

/// Code of a certificate that has to be given to the integration.
pub(super) const UNTRUSTED: &str = "certificate-untrusted";

/// Code and words of a failure that is TLS's; none where it is something else.
pub(super) fn misfit(causes: &[&(dyn Error + 'static)]) -> Option<(&'static str, String)> {
    match causes.iter().find_map(|cause| cause.downcast_ref()) {
        Some(error) => Some(of_tls(error)),
        None => causes.iter().filter_map(|cause| cause.downcast_ref()).find_map(of_its_connection),
    }
}

fn of_tls(error: &rustls::Error) -> (&'static str, String) {
    use rustls::Error as Tls;
    match error {
        Tls::InvalidCertificate(_) | Tls::NoCertificatesPresented => {
            let code = if is_untrusted(error) { UNTRUSTED } else { "certificate" };
            (code, format!("The git server's certificate is not accepted: {}.", certificate(error)))
        }
        Tls::AlertReceived(AlertDescription::ProtocolVersion)
        | Tls::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13 | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => ("tls-version", too_old("knows no version of TLS that is still safe")),
        Tls::AlertReceived(AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity)
        | Tls::PeerIncompatible(_) => ("tls-ciphers", too_old("knows no cipher suite of TLS that is still safe")),
        Tls::AlertReceived(AlertDescription::CertificateRequired) => (
            "tls-client-certificate",
            "The git server demands a client certificate, and there is none to give.".to_owned(),
        ),
        Tls::InvalidMessage(InvalidMessage::InvalidContentType) => (
            "tls-not-spoken",
            "What answers there does not speak TLS: the port is another one, or the address begins with http://."
                .to_owned(),
        ),
        other => ("tls", format!("No encrypted connection to the git server: {other}.")),
    }
}

/// A handshake that ended without a word. Old servers do not say that they have nothing in common with who asks.
fn of_its_connection(error: &io::Error) -> Option<(&'static str, String)> {
    let is_broken_off = matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted
    );
    let message = format!(
        "The git server, or something on the way, broke off while TLS was set up. An old server does so where it knows no \
         cipher suite that is still safe: at the server, or at a proxy before it, switch on {NEEDED}."
    );
    is_broken_off.then_some(("tls-broken-off", message))
}

fn too_old(what: &str) -> String {
    format!("The git server {what}. At the server, or at a proxy before it, switch on {NEEDED}.")
}

/// Whether nothing is wrong with a certificate but that its issuer is not known.
fn is_untrusted(error: &rustls::Error) -> bool {
    let rustls::Error::InvalidCertificate(reason) = error else { return false };
    matches!(
        (reason, fault(reason)),
        (CertificateError::UnknownIssuer, _) | (_, Some(webpki::Error::CaUsedAsEndEntity))
    )
}

fn certificate(error: &rustls::Error) -> String {
    let rustls::Error::InvalidCertificate(reason) = error else { return error.to_string() };
    match (reason, fault(reason)) {
        _ if is_untrusted(error) => {
            "nobody who is trusted vouches for it; to the integration's certificates, add that of who issued it, or this very \
             one where nobody did"
                .to_owned()
        }
        (_, Some(webpki::Error::UnsupportedCertVersion)) => {
            "it is one of X.509 version 1, which cannot say which names it is for; the server needs one of version 3, with its \
             name in subjectAltName"
                .to_owned()
        }
        (CertificateError::NotValidForNameContext { expected, .. }, _) => {
            format!("{} is not among the names in its subjectAltName", expected.to_str())
        }
        (reason, _) => reason.to_string(),
    }
}
