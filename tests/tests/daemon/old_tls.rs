//! E9: servers whose TLS is too old. That is for ever, so it is told with what has to be done at the server, and not as a
//! connection that broke.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use countersign_tests::daemon::{Daemon, GitHubServer, Holder};
use http::Method;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CertifiedKey, DnType, GeneralSubtree, IsCa, KeyPair,
    NameConstraints, date_time_ymd, generate_simple_self_signed,
};
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
        (alert(40), "no cipher suite or key exchange in common"),
        (alert(71), "no cipher suite or key exchange in common"),
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
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([NAME.to_owned()]).unwrap();
    let (old, address) = openssl_with(&cert.pem(), &signing_key.serialize_pem(), options).await?;
    Some((old, address, cert.pem()))
}

/// The same, with these: its certificate, and after it those that vouch for it.
async fn openssl_with(certificates: &str, key: &str, options: &[&str]) -> Option<(Old, SocketAddr)> {
    let files = tempfile::tempdir().unwrap();
    let (certificates_file, key_file) = (files.path().join("certificates.pem"), files.path().join("key.pem"));
    std::fs::write(&certificates_file, certificates).unwrap();
    std::fs::write(&key_file, key).unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = Command::new("openssl");
    command.args(["s_server", "-quiet", "-accept", &free.to_string()]).args(options);
    command.arg("-cert").arg(&certificates_file).arg("-cert_chain").arg(&certificates_file).arg("-key").arg(&key_file);
    let Ok(child) = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn() else {
        println!("skipped: there is no `openssl` here");
        return None;
    };
    let old = Old(child);
    for _ in 0..200 {
        if TcpStream::connect(free).await.is_ok() {
            return Some((old, free));
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("openssl does not listen");
}

#[tokio::test]
async fn e9_a_real_server_with_old_suites_or_versions_alone_is_named() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    for (options, what) in [
        (&["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA"][..], "no cipher suite or key exchange in common"),
        (&["-tls1_3", "-groups", "P-521"], "X25519, P-256 or P-384 among the groups"),
        (&["-tls1_3", "-groups", "X448"], "X25519, P-256 or P-384 among the groups"),
        (&["-groups", "ffdhe2048"], "X25519, P-256 or P-384 among the groups"),
        (&["-tls1_2", "-groups", "P-521"], "X25519, P-256 or P-384 among the groups"),
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

/// What an administrator is told where a server shows these, of which the last, an authority, is trusted.
async fn told_of_chain(daemon: &Daemon, certificates: &[&str], key: &str, options: &[&str]) -> Option<String> {
    let (_server, address) = openssl_with(&certificates.concat(), key, options).await?;
    Some(told_of(daemon, address, certificates.last()?).await)
}

#[tokio::test]
async fn e9_a_certificate_whose_key_is_too_short_is_told_which_are_accepted() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    for algorithm in [&["rsa:1024"][..], &["ec", "-pkeyopt", "ec_paramgen_curve:P-521"], &["ed448"]] {
        let files = tempfile::tempdir().unwrap();
        let (certificate, key) = (files.path().join("certificate.pem"), files.path().join("key.pem"));
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=git.test", "-newkey"]).args(algorithm);
        command.args(["-addext", &format!("subjectAltName=DNS:{NAME}")]).stderr(Stdio::null());
        if !command.arg("-keyout").arg(&key).arg("-out").arg(&certificate).status().is_ok_and(|status| status.success())
        {
            println!("skipped: there is no `openssl` here that makes {algorithm:?}");
            continue;
        }
        let read = |path| std::fs::read_to_string(path).unwrap();
        for version in ["-tls1_2", "-tls1_3"] {
            let options = [version, "-cipher", "DEFAULT@SECLEVEL=0"];
            let told = told_of_chain(&daemon, &[&read(&certificate)], &read(&key), &options).await.unwrap();
            assert!(told.contains("ECDSA P-256 or P-384, Ed25519, or RSA of 2048 to 8192 bits"), "{told}");
            assert!(told.ends_with("This stays so until an administrator has mended it."), "{told}");
        }
    }
}

fn authority(name: &str, change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    change(&mut params);
    params
}

#[tokio::test]
async fn e9_what_is_wrong_with_one_that_vouches_is_not_told_of_the_servers_own_certificate() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    let key = || KeyPair::generate().unwrap();
    let expired: fn(&mut CertificateParams) = |params| params.not_after = date_time_ymd(2026, 1, 1);
    let names: fn(&mut CertificateParams) = |params| {
        let permitted_subtrees = vec![GeneralSubtree::DnsName("other.test".to_owned())];
        params.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
    };
    let none: fn(&mut CertificateParams) = |params| params.is_ca = IsCa::ExplicitNoCa;
    let alone: fn(&mut CertificateParams) = |params| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let unchanged: fn(&mut CertificateParams) = |_| ();
    for (above, below, what) in [
        (unchanged, expired, "it, or one that vouches for it, ended on 2026-01-01"),
        (unchanged, names, "name constraints"),
        (unchanged, none, "none of an authority"),
        (alone, unchanged, "path length constraint"),
    ] {
        let root = CertifiedIssuer::self_signed(authority("root", unchanged), key()).unwrap();
        let above = CertifiedIssuer::signed_by(authority("above", above), key(), &root).unwrap();
        let below = CertifiedIssuer::signed_by(authority("below", below), key(), &above).unwrap();
        let own = key();
        let leaf = CertificateParams::new(vec![NAME.to_owned()]).unwrap().signed_by(&own, &below).unwrap();
        let chain = [leaf.pem(), below.pem(), above.pem(), root.pem()];
        let chain: Vec<_> = chain.iter().map(String::as_str).collect();
        let Some(told) = told_of_chain(&daemon, &chain, &own.serialize_pem(), &[]).await else { return };
        assert!(told.contains(what) && !told.contains("Error"), "{told}");
    }
}
