//! TLS that does not come about, in words that say what has to be done and where. But for a handshake that ends without a word, it
//! is the same until somebody does it.

use std::error::Error;
use std::io;

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, InvalidMessage, PeerIncompatible};

use super::client_certificate::ClientCertificate;
use super::trust::fault;
use model::Timestamp;

/// What to switch on where a server is too old.
const NEEDED: &str = "TLS 1.3, or TLS 1.2 with TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 \
                      where its certificate is an ECDSA one)";
/// What else has to be there where the suites are.
const GROUPS: &str = "X25519, P-256 or P-384 among the groups";
/// Keys of certificates that are accepted.
const KEYS: &str = "ECDSA P-256 or P-384, Ed25519, or RSA of 2048 to 8192 bits";
/// Where it is not said which certificate is meant, of those that lead from the server's own to one that is trusted.
const ANY: &str = "it, or one that vouches for it,";

/// Code of a certificate that has to be given to the integration.
pub(super) const UNTRUSTED: &str = "certificate-untrusted";
/// Code of a handshake that ended without a word.
pub(super) const BROKEN_OFF: &str = "tls-broken-off";

/// Code and words of a failure that is TLS's; none where it is something else.
pub(super) fn misfit(causes: &[&(dyn Error + 'static)], client: &ClientCertificate) -> Option<(&'static str, String)> {
    match causes.iter().find_map(|cause| cause.downcast_ref()) {
        Some(error) => Some(of_the_clients(error, client).unwrap_or_else(|| of_tls(error))),
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
        | Tls::PeerIncompatible(_) => ("tls-ciphers", nothing_in_common()),
        Tls::InvalidMessage(InvalidMessage::InvalidContentType) => (
            "tls-not-spoken",
            "What answers there does not speak TLS: the port is another one, or the address begins with http://."
                .to_owned(),
        ),
        Tls::AlertReceived(alert) => ("tls", refused_by_the_server(*alert)),
        Tls::PeerMisbehaved(_)
        | Tls::InvalidMessage(_)
        | Tls::InappropriateMessage { .. }
        | Tls::InappropriateHandshakeMessage { .. }
        | Tls::DecryptError
        | Tls::PeerSentOversizedRecord => {
            let message = "What answers there breaks the rules of TLS: it, or what is on the way, has to be mended.";
            ("tls", message.to_owned())
        }
        other => ("tls", format!("No encrypted connection to the git server: {other}.")),
    }
}

/// An alert in words.
fn refused_by_the_server(alert: AlertDescription) -> String {
    let said = match alert {
        AlertDescription::UnrecognisedName => "it has nothing under the name in the address",
        AlertDescription::InternalError => "something went wrong within it",
        AlertDescription::AccessDenied => "it lets this machine not in",
        AlertDescription::NoApplicationProtocol => "it does not speak HTTP/1.1 there",
        _ => "it gave no other reason than this",
    };
    format!(
        "The git server, or a proxy before it, refused to set up TLS: {said} ({}). Its log may say more.",
        registered(alert)
    )
}

/// Name and number of an alert in the protocol's register (RFC 8446 section 6).
fn registered(alert: AlertDescription) -> String {
    let name = match format!("{alert:?}") {
        name if name.contains('(') => "alert".to_owned(),
        name => snake_case(&name),
    };
    format!("{name}, {}", u8::from(alert))
}

/// `UnknownCA` is `unknown_ca` there.
fn snake_case(name: &str) -> String {
    let mut written = String::new();
    let mut before = 'A';
    for char in name.chars() {
        if char.is_ascii_uppercase() && before.is_ascii_lowercase() {
            written.push('_');
        }
        written.push(char.to_ascii_lowercase());
        before = char;
    }
    written
}

/// Code and words of a refusal that comes after the handshake, as it does in TLS 1.3: with the server having taken no request. None
/// where it is something else.
pub(super) fn refused_late(
    causes: &[&(dyn Error + 'static)],
    client: &ClientCertificate,
) -> Option<(&'static str, String)> {
    of_the_clients(causes.iter().find_map(|cause| cause.downcast_ref())?, client)
}

/// Code and words of an alert that speaks of what the daemon shows, or does not show. What is no good to a server, each calls otherwise.
fn of_the_clients(error: &rustls::Error, client: &ClientCertificate) -> Option<(&'static str, String)> {
    use AlertDescription as Alert;
    let rustls::Error::AlertReceived(alert) = error else { return None };
    let is_shown = client.is_there() && client.was_asked_for();
    let speaks_of_one = match alert {
        Alert::BadCertificate | Alert::CertificateRequired => true,
        Alert::HandshakeFailure => client.was_asked_for(),
        Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateExpired
        | Alert::CertificateUnknown
        | Alert::UnknownCA
        | Alert::AccessDenied
        | Alert::DecryptError => is_shown,
        _ => false,
    };
    if !speaks_of_one {
        return None;
    }
    let message = if is_shown {
        format!(
            "The git server demands a client certificate, and does not accept the one that the daemon shows it ({}): \
             put one that it accepts into the directory that the setting `client_certificates_dir` names, for the daemon (and \
             send it SIGHUP) as for commands.",
            registered(*alert)
        )
    } else {
        "The git server demands a client certificate, and there is none to give: put one into the directory that the setting \
         `client_certificates_dir` names, for the daemon (and send it SIGHUP) as for commands."
            .to_owned()
    };
    Some(("tls-client-certificate", message))
}

/// A handshake that ended without a word. Old servers do not say that they have nothing in common with who asks.
fn of_its_connection(error: &io::Error) -> Option<(&'static str, String)> {
    let is_broken_off = matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted
    );
    let message = format!(
        "The git server, or something on the way, broke off while TLS was set up. It does so while it is started or overloaded; \
         an old server does so always where it knows no cipher suite or key exchange that is still safe: at the server, or at a proxy before \
         it, switch on {NEEDED} then."
    );
    is_broken_off.then_some((BROKEN_OFF, message))
}

fn too_old(what: &str) -> String {
    format!("The git server {what}. At the server, or at a proxy before it, switch on {NEEDED}.")
}

/// Which of them it is that is lacking, no server says.
fn nothing_in_common() -> String {
    let message = too_old("has no cipher suite or key exchange in common with this machine");
    format!("{message} It needs {GROUPS}, and a certificate with a key of {KEYS}.")
}

/// Whether nothing is wrong with a certificate but that its issuer is not known.
fn is_untrusted(error: &rustls::Error) -> bool {
    let rustls::Error::InvalidCertificate(reason) = error else { return false };
    matches!(
        (reason, fault(reason)),
        (CertificateError::UnknownIssuer, _) | (_, Some(webpki::Error::CaUsedAsEndEntity))
    )
}

/// What is wrong with a certificate, and what the server needs. Which one of those it shows, mostly nobody says.
fn certificate(error: &rustls::Error) -> String {
    use CertificateError as Bad;
    let rustls::Error::InvalidCertificate(reason) = error else { return "the server shows none".to_owned() };
    match reason {
        _ if is_untrusted(error) => {
            "nobody who is trusted vouches for it; to the integration's certificates, add that of who issued it, or this very \
             one where nobody did, or where it says of itself that it is an authority"
                .to_owned()
        }
        Bad::NotValidForNameContext { expected, .. } => {
            format!("{} is not among the names in its subjectAltName", expected.to_str())
        }
        Bad::ExpiredContext { not_after, .. } => {
            format!("{ANY} ended on {}, and the server needs a new one", date(*not_after))
        }
        Bad::NotValidYetContext { time, not_before } => format!(
            "{ANY} begins on {}, and by the clock of this machine it is {}: one of the two is wrong",
            date(*not_before),
            date(*time)
        ),
        Bad::UnsupportedSignatureAlgorithmContext { .. } | Bad::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            format!(
                "{ANY} is signed in a way that is not taken, as with SHA-1, SHA-512 of ECDSA, or the curve P-521: the server needs \
                 one that is signed by RSA with SHA-256 or better, by ECDSA P-256 or P-384 with SHA-256 or SHA-384, or by Ed25519"
            )
        }
        Bad::BadSignature => format!(
            "it is signed with another key than that of who is trusted under the issuer's name, as where that certificate was \
             renewed: give the integration the new one; or with a key that is not accepted, as RSA of less than 2048 bits: the \
             server needs one whose keys are {KEYS}"
        ),
        Bad::InvalidPurposeContext { .. } | Bad::InvalidPurpose => {
            format!("{ANY} is not for servers: the server needs one with serverAuth in its extended key usage")
        }
        Bad::BadEncoding => format!("{ANY} cannot be read"),
        reason => fault(reason).map_or_else(|| format!("{ANY} is not valid"), of_webpki),
    }
}

/// What webpki finds and rustls has no word of its own for.
fn of_webpki(fault: &webpki::Error) -> String {
    use webpki::Error as Fault;
    match fault {
        Fault::UnsupportedCertVersion => {
            "it is one of X.509 version 1, which cannot say which names it is for; the server needs one of version 3, with its \
             name in subjectAltName"
                .to_owned()
        }
        Fault::PathLenConstraintViolated => {
            "more authorities stand between it and the one who is trusted than one of them allows (by its path length \
             constraint): who issued it has to mend that"
                .to_owned()
        }
        Fault::NameConstraintViolation => {
            "an authority that vouches for it may not do so for the names in it (by its name constraints): who issued it has to \
             mend that"
                .to_owned()
        }
        Fault::EndEntityUsedAsCa => {
            "a certificate that vouches for it is none of an authority (by its basic constraints): the server needs one that an \
             authority issued"
                .to_owned()
        }
        Fault::UnsupportedCriticalExtension => {
            format!("{ANY} has a critical extension that is not understood here: the server needs one without")
        }
        Fault::MaximumPathDepthExceeded
        | Fault::MaximumPathBuildCallsExceeded
        | Fault::MaximumSignatureChecksExceeded
        | Fault::MaximumNameConstraintComparisonsExceeded => {
            "too many others come with it: the server has to show those alone that lead to who is trusted".to_owned()
        }
        _ => format!("{ANY} breaks a rule of X.509: the server needs a new one"),
    }
}

/// In UTC, to the minute.
fn date(at: UnixTime) -> String {
    format!("{} UTC", Timestamp::from_unix_seconds(at.as_secs()).minute().replace('T', " "))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use rustls::pki_types::ServerName;

    #[test]
    fn e9_what_is_wrong_with_a_certificate_is_said_in_words_and_dates() {
        let at = |seconds| UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
        let (past, now) = (at(1_700_000_000), at(1_795_000_000));
        let name = ServerName::try_from("git.example.com").unwrap();
        for (error, words) in [
            (
                CertificateError::ExpiredContext { time: now, not_after: past },
                "it, or one that vouches for it, ended on 2023-11-14 22:13 UTC",
            ),
            (CertificateError::ExpiredContext { time: now, not_after: at(u64::MAX) }, "ended on 9999-12-31 23:59 UTC"),
            (
                CertificateError::NotValidYetContext { time: past, not_before: now },
                "it, or one that vouches for it, begins on 2026-11-18 11:06 UTC, and by the clock of this machine it is 2023-11-14 22:13 UTC",
            ),
            (
                CertificateError::UnsupportedSignatureAlgorithmContext {
                    signature_algorithm_id: vec![6, 9],
                    supported_algorithms: Vec::new(),
                },
                "signed in a way that is not taken",
            ),
            (CertificateError::BadSignature, "RSA of less than 2048 bits"),
            (CertificateError::InvalidPurpose, "serverAuth"),
            (CertificateError::Revoked, "is not valid"),
            (
                CertificateError::NotValidForNameContext { expected: name, presented: Vec::new() },
                "git.example.com is not among the names",
            ),
        ] {
            let (code, told) = of_tls(&rustls::Error::InvalidCertificate(error));
            assert!(code == "certificate" && told.contains(words) && !told.contains("UNIX"), "{told}");
        }
    }

    #[test]
    fn e9_what_webpki_finds_is_said_in_words_whatever_it_is() {
        use webpki::Error as Fault;
        for (fault, words) in [
            (Fault::PathLenConstraintViolated, "path length"),
            (Fault::NameConstraintViolation, "name constraints"),
            (Fault::EndEntityUsedAsCa, "none of an authority"),
            (Fault::UnsupportedCriticalExtension, "critical extension"),
            (Fault::MaximumPathDepthExceeded, "too many others"),
            (Fault::UnsupportedCertVersion, "version 1"),
            (Fault::MalformedExtensions, "breaks a rule of X.509"),
            (Fault::InvalidSerialNumber, "breaks a rule of X.509"),
        ] {
            let debug = format!("{fault:?}");
            let error = CertificateError::Other(rustls::OtherError(Arc::new(fault)));
            let (code, told) = of_tls(&error.into());
            assert!(code == "certificate" && told.contains(words), "{told}");
            assert!(!told.contains(&debug) && !told.contains("Other"), "{told}");
        }
    }

    #[test]
    fn e9_an_alert_is_told_in_words_with_its_name_in_the_register() {
        for (alert, told) in [
            (AlertDescription::InternalError, "something went wrong within it (internal_error, 80)"),
            (AlertDescription::UnrecognisedName, "under the name in the address (unrecognised_name, 112)"),
            (AlertDescription::UnknownCA, "no other reason than this (unknown_ca, 48)"),
            (AlertDescription::Unknown(200), "no other reason than this (alert, 200)"),
        ] {
            let (code, words) = of_tls(&rustls::Error::AlertReceived(alert));
            assert!(code == "tls" && words.contains(told), "{words}");
        }
        let (_, broken) = of_tls(&rustls::PeerMisbehaved::MissingKeyShare.into());
        assert!(!broken.contains("MissingKeyShare") && broken.contains("breaks the rules"), "{broken}");
    }

    #[test]
    fn e9_what_a_server_has_to_switch_on_is_told_whole() {
        let (_, told) = of_tls(&rustls::Error::AlertReceived(AlertDescription::HandshakeFailure));
        for needed in ["no cipher suite or key exchange", "X25519, P-256 or P-384", "Ed25519", "2048"] {
            assert!(told.contains(needed), "{told}");
        }
        let longest = of_its_connection(&io::ErrorKind::ConnectionReset.into()).unwrap().1;
        // The provider shortens what is longer.
        assert!(told.len() <= 500 && longest.len() <= 500, "{} {}", told.len(), longest.len());
    }
}
