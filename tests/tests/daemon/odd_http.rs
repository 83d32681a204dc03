//! E9: what answers by `http:` and is no whole answer of HTTP. A connection that broke is told as one, and asked again; what will
//! be the same the next time is told with who mends it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_tests::daemon::{Daemon, GitHubServer, Holder};
use http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const NAME: &str = "github.example.com";

/// A server that takes what a client says first, says this, and closes.
pub struct Says {
    pub address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Says {
    pub async fn start(answer: impl Into<Vec<u8>>) -> Says {
        let (answer, listener) = (answer.into(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let (address, asked) = (listener.local_addr().unwrap(), Arc::<AtomicUsize>::default());
        let counted = asked.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 4096]).await;
                counted.fetch_add(1, Ordering::Relaxed);
                let _ = stream.write_all(&answer).await;
            }
        });
        Says { address, asked }
    }
}

/// What an administrator is told who has an integration lead there, unencrypted.
async fn told(daemon: &Daemon, address: SocketAddr, code: &str) -> String {
    let network = json!({ "allow_http": true, "connect_to": { format!("{NAME}:80"): address.to_string() } });
    let settings = json!({ "base_url": format!("http://{NAME}") });
    let own = daemon.credential(Holder::Integration);
    let body = json!({ "settings": settings, "network": network, "credential": own });
    let refused = daemon.as_admin(Method::PATCH, "/integrations/main", Some(body)).await;
    refused.problem(502, code).text_at("/detail").to_owned()
}

const UNAVAILABLE: &str = "git-server-unavailable";
const LASTS: &str = "This stays so until an administrator has mended it.";

#[tokio::test]
async fn e9_what_cannot_be_read_is_told_by_what_is_wrong_with_it() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    let long = format!("HTTP/1.1 200 OK\r\n{}\r\n", format!("x-long: {}\r\n", "y".repeat(8000)).repeat(100));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x-short: y\r\n".repeat(200));
    let damaged = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 9\r\n\r\nnot gzip.";
    let unasked = "HTTP/1.1 200 OK\r\ncontent-encoding: br\r\ncontent-length: 2\r\n\r\n{}";
    let file = "HTTP/1.1 200 OK\r\ncontent-type: application/zip\r\ncontent-length: 4\r\n\r\nPK\x03\x04";
    for (answer, code, what, ends) in [
        (file, UNAVAILABLE, "was not asked for (a zip file)", LASTS),
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", UNAVAILABLE, "does not speak HTTP", LASTS),
        ("220 mail.example ESMTP\r\n", UNAVAILABLE, "does not speak HTTP", LASTS),
        ("<html>HTTP/1.1</html>\r\n", UNAVAILABLE, "does not speak HTTP", LASTS),
        (damaged, UNAVAILABLE, "is not compressed in the way that it says", "an administrator has to mend it."),
        (unasked, UNAVAILABLE, "was not asked for (Content-Encoding: br)", LASTS),
        (&long, "unexpected-reply", "has more headers, or larger ones, than any", "the request's id."),
        (&many, "unexpected-reply", "has more headers, or larger ones, than any", "the request's id."),
    ] {
        let server = Says::start(answer).await;
        let told = told(&daemon, server.address, code).await;
        assert!(told.contains(what) && told.ends_with(ends), "{told}");
        assert_eq!(server.asked.load(Ordering::Relaxed), 1, "{told}");
    }
}

#[tokio::test]
async fn e9_an_answer_that_breaks_a_rule_of_http_is_told_so_and_no_port_is_blamed() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    for (answer, which) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "content-length"),
        ("HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n{}", "content-length"),
        ("HTTP/1.1 200 OK\r\nX Odd: 1\r\nContent-Length: 2\r\n\r\n{}", "header"),
        ("HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\n{}", "status-code"),
        ("HTTP/2 200\r\nContent-Length: 2\r\n\r\n{}", "another version than HTTP/1.1"),
        ("HTTP/1.7 200 OK\r\nContent-Length: 2\r\n\r\n{}", "another version than HTTP/1.1"),
    ] {
        let told = told(&daemon, Says::start(answer).await.address, UNAVAILABLE).await;
        assert!(told.contains("breaks a rule of HTTP") && told.contains(which) && told.contains("proxy"), "{told}");
        assert!(!told.contains("port") && !told.contains("Try again") && told.ends_with(LASTS), "{told}");
    }
}

#[tokio::test]
async fn e9_an_answer_that_ends_early_is_a_connection_that_broke_and_what_reads_asks_again() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    let gzip = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 500\r\n\r\n";
    let begun = [gzip.as_bytes(), &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]].concat();
    for answer in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"id\": 1, \"login\": \"octocat\", "[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}xx0\r\n\r\n",
        &begun,
    ] {
        let server = Says::start(answer).await;
        let told = told(&daemon, server.address, UNAVAILABLE).await;
        assert!(told.contains("The connection to the git server broke") && told.contains("Try again later"), "{told}");
        assert_eq!(server.asked.load(Ordering::Relaxed), 2, "{told}");
    }
}

/// As SSH and mail servers do.
#[tokio::test]
async fn e9_what_speaks_first_does_not_speak_http_either() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    for banner in ["SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "220 mail.example ESMTP\r\n"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.write_all(banner.as_bytes()).await;
                while stream.read(&mut [0; 4096]).await.is_ok_and(|count| count > 0) {}
            }
        });
        for _ in 0..10 {
            let told = told(&daemon, address, UNAVAILABLE).await;
            assert!(told.contains("does not speak HTTP") && told.ends_with(LASTS), "{told}");
        }
    }
}

/// A connection that is reset as soon as it is there.
#[tokio::test]
async fn e9_nothing_is_said_of_tls_where_nothing_is_encrypted() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_zero_linger().unwrap();
        }
    });
    for _ in 0..20 {
        let told = told(&daemon, address, UNAVAILABLE).await;
        assert!(!told.contains("TLS") && told.contains("Try again later"), "{told}");
    }
}
