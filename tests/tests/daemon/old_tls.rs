//! E9: servers whose TLS is too old. That is for ever, so it is told with what has to be done at the server, and not as a
//! connection that broke.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use countersign_tests::daemon::{Daemon, GitHubServer, Holder};
use http::Method;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::json;
use tokio::net::TcpStream;

use crate::odd_http::Says;

const NAME: &str = "github.example.com";

/// What an administrator is told who sets the integration up with a server there.
async fn told_at(daemon: &Daemon, address: SocketAddr) -> String {
    told_of(daemon, address, daemon.stand_in.ca_pem()).await
}

/// The same, with these certificates trusted.
async fn told_of(daemon: &Daemon, address: SocketAddr, ca_pem: &str) -> String {
    let network = json!({ "ca_pem": ca_pem, "connect_to": { format!("{NAME}:443"): address.to_string() } });
    let body = json!({ "network": network, "credential": daemon.credential(Holder::Integration) });
    let refused = daemon.as_admin(Method::PATCH, "/integrations/main", Some(body)).await;
    refused.problem(502, "git-server-unavailable").text_at("/detail").to_owned()
}

/// A fatal alert (RFC 8446 section 6).
fn alert(description: u8) -> Vec<u8> {
    vec![21, 3, 1, 0, 2, 2, description]
}

/// A `ServerHello` that settles on TLS 1.0.
fn hello_of_tls_1_0() -> Vec<u8> {
    let body = [&[3, 1][..], &[7; 32], &[0], &[0, 0x2f], &[0]].concat();
    let message = [&[2, 0, 0, u8::try_from(body.len()).unwrap()][..], &body].concat();
    [&[22, 3, 1, 0, u8::try_from(message.len()).unwrap()][..], &message].concat()
}

#[tokio::test]
async fn e9_a_server_whose_tls_is_too_old_is_told_what_to_switch_on() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    let needed = "switch on TLS 1.3, or TLS 1.2 with TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
    for (answer, what) in [
        (alert(70), "knows no version of TLS that is still safe"),
        (hello_of_tls_1_0(), "knows no version of TLS that is still safe"),
        (alert(40), "knows no cipher suite of TLS that is still safe"),
        (alert(71), "knows no cipher suite of TLS that is still safe"),
        (Vec::new(), "broke off while TLS was set up"),
    ] {
        let may_pass = answer.is_empty();
        let told = told_at(&daemon, Says::start(answer).await.address).await;
        assert!(told.contains(what) && told.contains(needed) && !told.contains('…'), "{told}");
        assert_eq!(told.contains("Try again later"), may_pass, "{told}");
        assert_eq!(told.contains("This stays so until"), !may_pass, "{told}");
    }
    for (answer, what) in [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), "does not speak TLS"),
        (alert(116), "demands a client certificate"),
        (alert(42), "demands a client certificate"),
    ] {
        let told = told_at(&daemon, Says::start(answer).await.address).await;
        assert!(told.contains(what), "{told}");
    }
}

struct Old(Child);

impl Drop for Old {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// OpenSSL as a server, with its certificate; none where it is not installed.
async fn openssl(options: &[&str]) -> Option<(Old, SocketAddr, String)> {
    let files = tempfile::tempdir().unwrap();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([NAME.to_owned()]).unwrap();
    let (certificate, key) = (files.path().join("certificate.pem"), files.path().join("key.pem"));
    std::fs::write(&certificate, cert.pem()).unwrap();
    std::fs::write(&key, signing_key.serialize_pem()).unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = Command::new("openssl");
    command.args(["s_server", "-quiet", "-accept", &free.to_string()]).args(options);
    command.arg("-cert").arg(&certificate).arg("-key").arg(&key).stdin(Stdio::null()).stderr(Stdio::null());
    let Ok(child) = command.spawn() else {
        println!("skipped: there is no `openssl` here");
        return None;
    };
    let old = Old(child);
    for _ in 0..200 {
        if TcpStream::connect(free).await.is_ok() {
            return Some((old, free, cert.pem()));
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("openssl does not listen");
}

#[tokio::test]
async fn e9_a_real_server_with_old_suites_or_versions_alone_is_named() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    for (options, what) in [
        (&["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA"][..], "knows no cipher suite of TLS that is still safe"),
        (&["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"][..], "knows no version of TLS that is still safe"),
        (&["-tls1", "-cipher", "DEFAULT@SECLEVEL=0"][..], "knows no version of TLS that is still safe"),
    ] {
        let Some((_old, address, _)) = openssl(options).await else { return };
        let told = told_at(&daemon, address).await;
        assert!(told.contains(what), "{told}");
    }
}

/// In TLS 1.3 the handshake is over, for who asks, before the server has looked for a certificate; in TLS 1.2 the server has no word
/// of its own for it.
#[tokio::test]
async fn e9_a_real_server_that_demands_a_client_certificate_is_told_so() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    for version in ["-tls1_3", "-tls1_2"] {
        let Some((_strict, address, certificate)) = openssl(&[version, "-Verify", "1"]).await else { return };
        let told = told_of(&daemon, address, &certificate).await;
        assert!(told.contains("demands a client certificate") && told.contains("This stays so until"), "{told}");
    }
}
