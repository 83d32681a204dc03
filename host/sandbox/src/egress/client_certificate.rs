//! What the daemon shows to a git server that asks who dials, before any request: a certificate with its key, for one origin. It is
//! the machine's, as a proxy's password is, and goes with whoever's credential; no integration has any of its own, because who may
//! name an origin may not have it shown to another one.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::client::ResolvesClientCert;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{InconsistentKeys, SignatureScheme};
use url::Url;
use zeroize::Zeroizing;

use super::proxy::is_of_a_host;
use model::Origin;

/// How the key of a file begins that only its password opens: as PKCS#8, and as it was before.
const SIGNS_OF_A_PASSWORD: [&str; 2] = ["-----BEGIN ENCRYPTED PRIVATE KEY-----", "Proc-Type: 4,ENCRYPTED"];

/// What some editors begin a file with.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Certificates with their keys, each by the host and port it is shown to.
#[derive(Default)]
pub struct ClientCertificates(BTreeMap<String, Arc<CertifiedKey>>);

/// Why a certificate is not shown to anybody. Nothing of the key is repeated.
#[derive(Debug, thiserror::Error)]
pub enum ClientCertificateError {
    /// What it was given for.
    #[error("{0:?} is no host's name, with or without a port behind a colon")]
    Host(String),
    /// For a host and port that there is one for.
    #[error("there is another one for {0}")]
    Twice(String),
    /// No certificate.
    #[error("there is no certificate in it: it is PEM, and a certificate begins with -----BEGIN CERTIFICATE-----")]
    NoCertificate,
    /// No key.
    #[error("there is no private key in it: it is PEM, and the key stands in the same file as the certificate")]
    NoKey,
    /// Nobody is there to enter its password.
    #[error("its private key is locked with a password: write it without one, as `openssl pkey` does")]
    Locked,
    /// Which one is meant, nobody can tell.
    #[error("there are {0} private keys in it, and it has to have one")]
    Keys(usize),
    /// A block that is no base64, or has no end.
    #[error("it is damaged: a block of it has no end, or something else than base64 in it")]
    Damaged,
    /// They were put together from two.
    #[error("its private key is not that of the first certificate in it; those that vouch for it stand behind")]
    OfAnother,
    /// Of an algorithm that is none of these.
    #[error("its private key cannot be used: it has to be ECDSA P-256 or P-384, Ed25519, or RSA of 2048 to 4096 bits")]
    Key,
}

impl ClientCertificates {
    /// Shows to `host`, where no port stands behind it at 443, the first certificate of the text, with those behind it that vouch
    /// for it.
    pub fn show(&mut self, host: &str, pem: &str) -> Result<(), ClientCertificateError> {
        use ClientCertificateError as Error;
        let to = host_and_port(host).ok_or_else(|| Error::Host(host.to_owned()))?;
        if self.0.contains_key(&to) {
            return Err(Error::Twice(to));
        }
        self.0.insert(to, Arc::new(certified(pem)?));
        Ok(())
    }

    /// Whom they are shown to: hosts with their ports.
    pub fn hosts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// What is shown at one origin. A word of its own, for what became of it at one origin says nothing of another.
    pub(super) fn at(&self, origin: &Origin) -> Arc<ClientCertificate> {
        let own = origin.host_and_port().and_then(|to| self.0.get(&to).cloned());
        Arc::new(ClientCertificate { own, ..ClientCertificate::default() })
    }
}

impl fmt::Debug for ClientCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.hosts()).finish()
    }
}

/// As [`Origin::host_and_port`] has it.
fn host_and_port(host: &str) -> Option<String> {
    let url = Url::parse(&format!("https://{host}")).ok()?;
    let is_typed_so = !host.contains(['/', '\\', '@', '*', '%']);
    let origin = Origin { url: url.origin().ascii_serialization(), aws: None };
    let is_whole = url.host_str().is_some_and(|host| !host.ends_with('.'));
    origin.host_and_port().filter(|_| is_of_a_host(&url) && is_typed_so && is_whole)
}

fn certified(pem: &str) -> Result<CertifiedKey, ClientCertificateError> {
    use ClientCertificateError as Error;
    // Stands at the beginning of each file of several that were put together.
    let pem = &*Zeroizing::new(pem.replace(BYTE_ORDER_MARK, ""));
    if SIGNS_OF_A_PASSWORD.iter().any(|sign| pem.contains(sign)) {
        return Err(Error::Locked);
    }
    let certificates = CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<Vec<_>, _>>();
    let keys = PrivateKeyDer::pem_slice_iter(pem.as_bytes()).collect::<Result<Vec<_>, _>>();
    let (Ok(certificates), Ok(mut keys)) = (certificates, keys) else { return Err(Error::Damaged) };
    if certificates.is_empty() {
        return Err(Error::NoCertificate);
    }
    let key = match (keys.pop(), keys.len()) {
        (None, _) => return Err(Error::NoKey),
        (Some(key), 0) => key,
        (Some(_), others) => return Err(Error::Keys(others + 1)),
    };
    CertifiedKey::from_der(certificates, key, &rustls::crypto::ring::default_provider()).map_err(|error| match error {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => Error::OfAnother,
        _ => Error::Key,
    })
}

/// What one origin is shown, and whether it asked. In TLS 1.2 a server that goes no further without one, or with this one, says no
/// more than one that has no cipher suite in common with who asks.
#[derive(Debug, Default)]
pub(super) struct ClientCertificate {
    own: Option<Arc<CertifiedKey>>,
    was_asked_for: AtomicBool,
}

impl ClientCertificate {
    /// Whether the server wanted one, the last time.
    pub fn was_asked_for(&self) -> bool {
        self.was_asked_for.load(Ordering::Relaxed)
    }

    /// A server has answered: what it asked for counts until then.
    pub fn note_answered(&self) {
        self.was_asked_for.store(false, Ordering::Relaxed);
    }

    /// Whether there is one to show.
    pub fn is_there(&self) -> bool {
        self.own.is_some()
    }
}

impl ResolvesClientCert for ClientCertificate {
    fn resolve(&self, _issuers: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.was_asked_for.store(true, Ordering::Relaxed);
        self.own.clone()
    }

    fn has_certs(&self) -> bool {
        self.own.is_some()
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertifiedKey as Made, KeyPair, generate_simple_self_signed};

    use super::*;

    fn made() -> (String, String) {
        let Made { cert, signing_key } = generate_simple_self_signed(["countersign.test".to_owned()]).unwrap();
        (cert.pem(), signing_key.serialize_pem())
    }

    fn refused(pem: &str) -> String {
        ClientCertificates::default().show("git.test", pem).unwrap_err().to_string()
    }

    #[test]
    fn e5_a_certificate_is_for_one_host_and_port_however_they_are_typed() {
        let (certificate, key) = made();
        let (other, _) = made();
        let mut shown = ClientCertificates::default();
        shown.show("GIT.test", &format!("{certificate}{other}{key}")).unwrap();
        shown.show("git.test:8443", &format!("\u{feff}{key}\n\u{feff}{certificate}")).unwrap();
        shown.show("[::1]:8443", &format!("{key}\n{certificate}")).unwrap();
        assert_eq!(format!("{shown:?}"), r#"["[::1]:8443", "git.test:443", "git.test:8443"]"#);
        let at = |url: &str| shown.at(&Origin { url: url.into(), aws: None }).is_there();
        assert!(at("https://git.test") && at("https://git.test:443") && at("https://git.test:8443"));
        assert!(!at("https://git.test:444") && !at("https://a.git.test") && !at("https://git.test.evil.test"));
        assert!(!at("http://git.test"));
        let again = shown.show("git.test:443", &format!("{certificate}{key}")).unwrap_err();
        assert_eq!(again.to_string(), "there is another one for git.test:443");
        for wrong in [
            "",
            "*.git.test",
            "https://git.test",
            "git.test/",
            "git.test/a",
            "a@git.test",
            "git.test:x",
            "a b",
            "git.test:0",
            "git.test.",
        ] {
            let error = ClientCertificates::default().show(wrong, &format!("{certificate}{key}"));
            assert!(matches!(error, Err(ClientCertificateError::Host(_))), "{wrong}: {error:?}");
        }
    }

    #[test]
    fn e5_what_cannot_be_shown_is_told_without_the_key() {
        let ((certificate, key), (_, other)) = (made(), made());
        let body = key.lines().nth(1).unwrap();
        let locked = key.replace("PRIVATE", "ENCRYPTED PRIVATE");
        let formerly = format!("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{body}\n");
        let unended = key.lines().take(2).collect::<Vec<_>>().join("\n");
        let unknown = KeyPair::generate().unwrap().serialize_pem().replace("MIG", "MIA");
        for (pem, what) in [
            (String::new(), "no certificate in it"),
            (key.clone(), "no certificate in it"),
            (certificate.clone(), "no private key in it"),
            (format!("{certificate}{locked}"), "locked with a password"),
            (format!("{certificate}{formerly}"), "locked with a password"),
            (format!("{certificate}{key}{key}"), "2 private keys"),
            (format!("{certificate}{other}"), "not that of the first certificate"),
            (format!("{certificate}{unended}"), "damaged"),
            (format!("{certificate}{unknown}"), "has to be ECDSA P-256 or P-384"),
        ] {
            let told = refused(&pem);
            assert!(told.contains(what) && !told.contains(body), "{told}");
        }
    }
}
