//! Which certificates of a server are accepted: those that the system's authorities and those of the integration vouch for, and
//! those that an administrator gave for the integration themselves.
//!
//! A server of one's own often shows a certificate that nobody issued: it is its own authority, or says that it is one, and is no
//! link of a chain. Given as `ca_pem`, that very certificate is accepted, byte for byte, for the names in it and in its time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Accepts what [`WebPkiServerVerifier`] does, and the certificates given.
#[derive(Debug)]
pub(super) struct Trust {
    /// None where nobody is trusted, as on a system without certificates.
    chains: Option<Arc<WebPkiServerVerifier>>,
    algorithms: WebPkiSupportedAlgorithms,
    given: Vec<CertificateDer<'static>>,
    /// Whether a server has spoken TLS 1.2, in which it may set TLS up anew after it has read a request.
    spoke_tls_1_2: AtomicBool,
}

impl Trust {
    /// `given` beside what `roots` vouch for.
    pub fn new(
        roots: RootCertStore,
        given: Vec<CertificateDer<'static>>,
        provider: Arc<CryptoProvider>,
    ) -> Result<Arc<Self>, Error> {
        let algorithms = provider.signature_verification_algorithms;
        let verifier = || WebPkiServerVerifier::builder_with_provider(roots.clone().into(), provider).build();
        let chains = if roots.is_empty() { None } else { Some(verifier()) };
        let chains = chains.transpose().map_err(|error| Error::General(error.to_string()))?;
        Ok(Arc::new(Self { chains, algorithms, given, spoke_tls_1_2: AtomicBool::new(false) }))
    }

    /// Whether all servers spoke TLS 1.3 so far, in which what is refused after the handshake was refused before any request was
    /// read.
    pub fn refuses_first(&self) -> bool {
        !self.spoke_tls_1_2.load(Ordering::Relaxed)
    }
}

/// Whether nothing is wrong with a certificate but that no chain leads to it. Its time is looked at before that.
fn lacks_a_chain_alone(error: &Error) -> bool {
    match error {
        // The other way of saying so, where somebody who is trusted has the name of who issued it.
        Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => true,
        Error::InvalidCertificate(error) => fault(error) == Some(&webpki::Error::CaUsedAsEndEntity),
        _ => false,
    }
}

/// What the verifier says where rustls has no word of its own for it.
pub(super) fn fault(error: &CertificateError) -> Option<&webpki::Error> {
    match error {
        CertificateError::Other(other) => other.0.downcast_ref(),
        _ => None,
    }
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chains) = &self.chains else { return Err(CertificateError::UnknownIssuer.into()) };
        match chains.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(error) if lacks_a_chain_alone(&error) && self.given.iter().any(|given| given == end_entity) => {
                rustls::client::verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.spoke_tls_1_2.store(true, Ordering::Relaxed);
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd};

    use super::*;

    /// A certificate that nobody else issued.
    fn own(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> CertificateDer<'static> {
        let mut params =
            CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
        params.distinguished_name.push(DnType::CommonName, "git.test");
        change(&mut params);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone()
    }

    fn ca(params: &mut CertificateParams) {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    }

    /// Whether a server that shows `shown` as `name` is accepted, once `given` was.
    fn verdict(given: &[&CertificateDer<'static>], shown: &CertificateDer<'static>, name: &str) -> Result<(), String> {
        let mut roots = RootCertStore::empty();
        let given: Vec<_> = given.iter().map(|certificate| (*certificate).clone()).collect();
        given.iter().for_each(|certificate| roots.add(certificate.clone()).unwrap());
        let provider = rustls::crypto::ring::default_provider();
        let trust = Trust::new(roots, given, provider.into()).unwrap();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(1_780_000_000));
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let verified = trust.verify_server_cert(shown, &[], &name, &[], now);
        verified.map(|_| ()).map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn e5_a_certificate_that_is_its_own_authority_is_accepted_where_it_was_given() {
        let (plain, authority) = (own(&["git.test"], |_| ()), own(&["git.test", "10.0.0.7"], ca));
        let no_ca = own(&["git.test"], |params| params.is_ca = IsCa::ExplicitNoCa);
        let other = own(&["git.test"], ca);
        for shown in [&plain, &no_ca, &authority] {
            assert_eq!(verdict(&[&other, shown], shown, "git.test"), Ok(()));
            assert!(verdict(&[&other], shown, "git.test").is_err(), "another one of the same name was given");
            assert!(verdict(&[shown], &other, "git.test").is_err(), "another one of the same name is shown");
        }
        assert_eq!(verdict(&[&authority], &authority, "10.0.0.7"), Ok(()));
    }

    #[test]
    fn e5_given_or_not_a_certificate_is_for_its_names_and_its_time() {
        for kind in [|_: &mut CertificateParams| (), ca] {
            let named = own(&["git.test"], kind);
            assert!(verdict(&[&named], &named, "other.test").unwrap_err().contains("NotValidForName"));
            let nameless = own(&[], kind);
            assert!(verdict(&[&nameless], &nameless, "git.test").unwrap_err().contains("NotValidForName"));
            let over = own(&["git.test"], |params| {
                kind(params);
                params.not_after = date_time_ymd(2026, 1, 1);
            });
            assert!(verdict(&[&over], &over, "git.test").unwrap_err().contains("Expired"));
            let early = own(&["git.test"], |params| {
                kind(params);
                params.not_before = date_time_ymd(2030, 1, 1);
            });
            assert!(verdict(&[&early], &early, "git.test").unwrap_err().contains("NotValidYet"));
        }
    }

    #[test]
    fn e5_what_an_authority_issued_is_accepted_as_ever_and_nothing_else_of_a_given_leaf_is() {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        ca(&mut params);
        let authority = rcgen::CertifiedIssuer::self_signed(params, key).unwrap();
        let leaf = CertificateParams::new(vec!["git.test".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&KeyPair::generate().unwrap(), &authority).unwrap().der().clone();
        assert_eq!(verdict(&[authority.der()], &leaf, "git.test"), Ok(()));
        assert!(verdict(&[], &leaf, "git.test").is_err());
        assert_eq!(verdict(&[&leaf], &leaf, "git.test"), Ok(()), "the very certificate was given");
    }
}
