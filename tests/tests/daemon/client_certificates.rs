//! E5, from the other side: git servers that want to know who dials. What the daemon shows them is for one host and one port.

use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use countersign::operate::renew;
use countersign_tests::daemon::{Daemon, GitHubServer, Holder, MAIN, Server as _, WIDGETS};
use countersign_tests::standin::github::token;
use http::Method;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

const NAME: &str = "github.example.com";

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Authority(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn issue(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> (CertificateDer<'static>, KeyPair, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let pem = format!("{}{}", certificate.pem(), key.serialize_pem());
        (certificate.der().clone(), key, pem)
    }
}

/// What stands before a git server and lets nobody pass without a certificate that its authority issued.
struct Gate {
    address: SocketAddr,
    /// What whoever passed has shown.
    shown: Arc<Mutex<Vec<CertificateDer<'static>>>>,
}

impl Gate {
    async fn before(to: SocketAddr, servers: &Authority, clients: &Authority) -> Gate {
        let (certificate, key, _) = servers.issue(NAME, |_| ());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(clients.0.der().clone()).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone()).build().unwrap();
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![certificate], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, shown) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<_>>>::default());
        let (kept, acceptor) = (shown.clone(), TlsAcceptor::from(Arc::new(config)));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, acceptor) = (kept.clone(), acceptor.clone());
                tokio::spawn(async move {
                    let Ok(mut outside) = acceptor.accept(stream).await else { return };
                    let certificate = outside.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned();
                    kept.lock().unwrap().push(certificate);
                    let mut inside = TcpStream::connect(to).await.unwrap();
                    let _ = copy_bidirectional(&mut outside, &mut inside).await;
                });
            }
        });
        Gate { address, shown }
    }

    fn take(&self) -> Vec<CertificateDer<'static>> {
        std::mem::take(&mut *self.shown.lock().unwrap())
    }
}

fn write(directory: &Path, name: &str, pem: &str) {
    let path = directory.join(name);
    std::fs::write(&path, pem).unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
}

/// A daemon that shows what is in the directory.
async fn showing(directory: &TempDir) -> Daemon<GitHubServer> {
    let stand_in = GitHubServer::Enterprise.usual(None).await;
    let path = directory.path().to_owned();
    let configure = |settings: &mut countersign::config::Settings| settings.client_certificates_dir = Some(path);
    Daemon::start_configured(GitHubServer::Enterprise, stand_in, configure).await
}

/// Where the git server answers without TLS.
fn plain(daemon: &Daemon<GitHubServer>) -> SocketAddr {
    let url = url::Url::parse(&daemon.stand_in.url()).unwrap();
    url.socket_addrs(|| None).unwrap()[0]
}

/// An administrator leads the integration to what listens there.
async fn lead(
    daemon: &Daemon<GitHubServer>,
    address: SocketAddr,
    servers: &Authority,
) -> countersign_tests::daemon::Answer {
    let network = json!({ "ca_pem": servers.0.pem(), "connect_to": { format!("{NAME}:443"): address.to_string() } });
    let body = json!({ "network": network, "credential": daemon.credential(Holder::Integration) });
    daemon.as_admin(Method::PATCH, "/integrations/main", Some(body)).await
}

#[tokio::test]
async fn e5_a_git_server_that_demands_a_client_certificate_is_shown_the_one_of_its_host() {
    let (servers, clients, directory) =
        (Authority::new("servers"), Authority::new("clients"), tempfile::tempdir().unwrap());
    let (first, _, pem) = clients.issue("countersign.example.com", |_| ());
    write(directory.path(), "github.example.com.pem", &pem);
    let (elsewhere, _, other) = clients.issue("other.example.com", |_| ());
    write(directory.path(), "github.example.com:8443.pem", &other);
    let daemon = showing(&directory).await;
    let gate = Gate::before(plain(&daemon), &servers, &clients).await;
    lead(&daemon, gate.address, &servers).await.expect(200);
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    ann.create_branch(MAIN, WIDGETS, "behind-a-gate", "main").await.expect(201);
    assert_eq!(daemon.stand_in.who_made_branch(WIDGETS, "behind-a-gate").as_deref(), Some("alice"));
    let shown = gate.take();
    assert!(!shown.is_empty() && shown.iter().all(|shown| *shown == first && *shown != elsewhere));

    // One that was renewed is shown from the next connection on; one that is damaged changes nothing.
    let (second, _, pem) = clients.issue("countersign.example.com", |_| ());
    write(directory.path(), "github.example.com.pem", &pem);
    assert_eq!(renew(&daemon.app).await.client_certificates, Some(2));
    write(directory.path(), "github.example.com.pem", &pem[..pem.len() / 2]);
    assert_eq!(renew(&daemon.app).await.client_certificates, None);
    ann.create_branch(MAIN, WIDGETS, "renewed", "main").await.expect(201);
    let shown = gate.take();
    assert!(!shown.is_empty() && shown.iter().all(|shown| *shown == second));
}

#[tokio::test]
async fn e5_a_certificate_that_is_missing_or_not_accepted_is_told_with_where_to_put_another() {
    let (servers, clients, directory) =
        (Authority::new("servers"), Authority::new("clients"), tempfile::tempdir().unwrap());
    let daemon = showing(&directory).await;
    let gate = Gate::before(plain(&daemon), &servers, &clients).await;
    let before = daemon.stand_in.record.requests().len();
    let (_, _, strange) = Authority::new("strangers").issue("countersign.example.com", |_| ());
    let (_, _, expired) =
        clients.issue("countersign.example.com", |params| params.not_after = date_time_ymd(2026, 1, 1));
    for (name, pem, what) in [
        ("unused.example.com.pem", &strange, "demands a client certificate, and there is none to give"),
        ("github.example.com.pem", &strange, "does not accept the one that the daemon shows it (unknown_ca, 48)"),
        (
            "github.example.com.pem",
            &expired,
            "does not accept the one that the daemon shows it (certificate_expired, 45)",
        ),
    ] {
        write(directory.path(), name, pem);
        assert!(renew(&daemon.app).await.client_certificates.is_some());
        let refused = lead(&daemon, gate.address, &servers).await.problem(502, "git-server-unavailable");
        let told = refused.text_at("/detail");
        assert!(told.contains(what) && told.contains("client_certificates_dir") && !told.contains('…'), "{told}");
        assert!(told.ends_with("This stays so until an administrator has mended it."), "{told}");
    }
    assert_eq!(gate.take(), Vec::new());
    assert_eq!(daemon.stand_in.record.requests().len(), before);
}
