//! A proxy that an administrator named: the only way out there is then, and one that sees no credential.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use countersign_tests::daemon::{Daemon, GitHubServer, Holder, MAIN, WIDGETS};
use countersign_tests::standin::github::token;
use http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

const INTEGRATION: &str = "/integrations/main";

/// An HTTP proxy that knows one git server under whatever name it is asked for.
struct Proxy {
    address: SocketAddr,
    /// Heads of what it was asked for.
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start(to: SocketAddr, answer: &'static str) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, heads) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<String>>>::default());
        let kept = Arc::clone(&heads);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(tunnel(stream, to, Arc::clone(&kept), answer));
            }
        });
        Proxy { address, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn tunnel(mut inside: TcpStream, to: SocketAddr, heads: Arc<Mutex<Vec<String>>>, answer: &'static str) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = inside.read_u8().await else { return };
        head.push(byte);
    }
    heads.lock().unwrap().push(String::from_utf8(head).unwrap());
    inside.write_all(format!("HTTP/1.1 {answer}\r\n\r\n").as_bytes()).await.unwrap();
    let Ok(mut outside) = TcpStream::connect(to).await else { return };
    let _ = copy_bidirectional(&mut inside, &mut outside).await;
}

/// What an administrator says to have an integration go through a proxy, its own credential given for there.
async fn go_through(daemon: &Daemon, proxy: SocketAddr) -> Value {
    let network = json!({ "ca_pem": daemon.stand_in.ca_pem(), "proxy": format!("http://{proxy}") });
    let body = json!({ "network": network, "credential": daemon.credential(Holder::Integration) });
    daemon.as_admin(Method::PATCH, INTEGRATION, Some(body)).await.expect(200).body
}

#[tokio::test]
async fn everything_goes_through_the_proxy_that_is_named_and_it_sees_no_credential() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    let proxy = Proxy::start(daemon.stand_in.tls_addr(), "200 OK").await;
    let changed = go_through(&daemon, proxy.address).await;
    assert_eq!(changed["network"]["proxy"], format!("http://{}", proxy.address));
    // It is another way to the server: a PAT goes it when its user has said so.
    assert_eq!(changed["set_aside"]["user_pats"], 1);
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "set-aside");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    ann.create_branch(MAIN, WIDGETS, "through-a-proxy", "main").await.expect(201);
    assert_eq!(daemon.stand_in.who_made_branch(WIDGETS, "through-a-proxy").as_deref(), Some("alice"));
    let heads = proxy.heads();
    assert!(!heads.is_empty());
    for head in heads {
        assert!(head.starts_with("CONNECT api.github.com:443 HTTP/1.1\r\n"), "{head}");
        assert!(!head.to_lowercase().contains("authorization") && !head.contains(token::ALICE), "{head}");
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_is_told_and_there_is_no_other_way() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let requests = daemon.stand_in.record.requests().len();
    for answer in ["407 Proxy Authentication Required", "403 Forbidden"] {
        let proxy = Proxy::start(daemon.stand_in.tls_addr(), answer).await;
        let network = json!({ "ca_pem": daemon.stand_in.ca_pem(), "proxy": format!("http://{}", proxy.address) });
        let body = json!({ "network": network, "credential": daemon.credential(Holder::Integration) });
        let refused = daemon.as_admin(Method::PATCH, INTEGRATION, Some(body)).await;
        let refused = refused.problem(502, "git-server-unavailable");
        assert!(refused.text.contains("proxy"), "{}", refused.text);
        assert_eq!(proxy.heads().len(), 1);
    }
    assert_eq!(daemon.stand_in.record.requests().len(), requests);
}

#[tokio::test]
async fn a_proxy_that_cannot_be_used_is_refused_by_its_field() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let before = daemon.as_admin(Method::GET, INTEGRATION, None).await.expect(200);
    let entry = before.body["network"]["connect_to"].clone();
    for (proxy, connect_to, why) in [
        ("proxy.example.com:3128", json!({}), "as in http://proxy.example.com:3128"),
        ("https://proxy.example.com", json!({}), "as in http://proxy.example.com:3128"),
        ("http://ann:secret@proxy.example.com", json!({}), "no user name and no password"),
        ("http://169.254.169.254", json!({}), "metadata"),
        ("http://proxy.example.com:3128", entry, "take the entries of `connect_to` away"),
    ] {
        let body = json!({ "network": { "proxy": proxy, "connect_to": connect_to } });
        let refused = daemon.as_admin(Method::PATCH, INTEGRATION, Some(body)).await.problem(422, "invalid");
        assert_eq!(refused.body["errors"][0]["field"], "network.proxy", "{}", refused.text);
        assert!(refused.text.contains(why) && !refused.text.contains("secret"), "{}", refused.text);
    }
    let after = daemon.as_admin(Method::GET, INTEGRATION, None).await.expect(200);
    assert_eq!(after.text, before.text);
}
