//! A proxy that an administrator named: the only way out there is then, and one that sees no credential.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign::operate::administration::adopt_proxy;
use countersign_tests::daemon::{Answer, Daemon, GitHubServer, Holder, MAIN, Server as _, WIDGETS};
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

/// Who may pass it, as `user:password`; none: everybody.
type Passes = Option<&'static str>;

impl Proxy {
    async fn start(to: SocketAddr, answer: &'static str) -> Proxy {
        Proxy::passed_by(to, answer, None).await
    }

    async fn passed_by(to: SocketAddr, answer: &'static str, passes: Passes) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, heads) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<String>>>::default());
        let kept = Arc::clone(&heads);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(tunnel(stream, to, Arc::clone(&kept), answer, passes));
            }
        });
        Proxy { address, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn tunnel(
    mut inside: TcpStream,
    to: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    answer: &'static str,
    passes: Passes,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = inside.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let basic = |pair: &str| format!("\r\nProxy-Authorization: Basic {}\r\n", STANDARD.encode(pair)).to_lowercase();
    let is_let_through = passes.is_none_or(|pair| head.to_lowercase().contains(&basic(pair)));
    let answer = if is_let_through { answer } else { "407 Proxy Authentication Required" };
    heads.lock().unwrap().push(head);
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

/// A proxy says 503 or 504 where it does not reach the git server now, and 403 where it never will: which of them, nobody here is
/// told.
#[tokio::test]
async fn e9_what_may_pass_by_itself_is_not_called_lasting() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let told = async |proxy: SocketAddr| {
        let network = json!({ "ca_pem": daemon.stand_in.ca_pem(), "proxy": format!("http://{proxy}") });
        let body = json!({ "network": network, "credential": daemon.credential(Holder::Integration) });
        let refused = daemon.as_admin(Method::PATCH, INTEGRATION, Some(body)).await;
        let detail = refused.problem(502, "git-server-unavailable").text_at("/detail").to_owned();
        assert!(detail.contains(&format!("http://{proxy}")) && !detail.contains("tunnel error"), "{detail}");
        detail
    };
    for answer in ["503 Service Unavailable", "502 Bad Gateway", "504 Gateway Timeout", "403 Forbidden", "407x"] {
        let detail = told(Proxy::start(daemon.stand_in.tls_addr(), answer).await.address).await;
        assert!(detail.contains("it does not get there now, or its rules do not allow it"), "{detail}");
        assert!(detail.ends_with("Try again later; if it goes on, an administrator has to mend it."), "{detail}");
    }
    for is_reset in [false, true] {
        let closes = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = closes.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = closes.accept().await {
                let _ = stream.read(&mut [0; 4096]).await;
                if is_reset {
                    stream.set_zero_linger().unwrap();
                }
            }
        });
        let detail = told(address).await;
        assert!(detail.contains("closed the connection") && detail.contains("Try again later"), "{detail}");
    }
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let detail = told(nobody).await;
    assert!(detail.contains("refused") && detail.contains("Try again later"), "{detail}");
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
        ("http://proxy.example.com:3128", entry, "take the addresses to connect to away"),
    ] {
        let body = json!({ "network": { "proxy": proxy, "connect_to": connect_to } });
        let refused = daemon.as_admin(Method::PATCH, INTEGRATION, Some(body)).await.problem(422, "invalid");
        assert_eq!(refused.body["errors"][0]["field"], "network.proxy", "{}", refused.text);
        assert!(refused.text.contains(why) && !refused.text.contains("secret"), "{}", refused.text);
    }
    let after = daemon.as_admin(Method::GET, INTEGRATION, None).await.expect(200);
    assert_eq!(after.text, before.text);
}

const PAIR: &str = "countersign:correct horse";

/// A daemon with a proxy of its own that only [`PAIR`] passes, and this in its file of credentials.
async fn behind_a_corporate_proxy(file: Option<&str>) -> (Daemon, Proxy) {
    let stand_in = GitHubServer::Cloud.usual(None).await;
    let proxy = Proxy::passed_by(stand_in.tls_addr(), "200 OK", Some(PAIR)).await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("proxy-credentials");
    if let Some(file) = file {
        std::fs::write(&path, file.replace("PROXY", &format!("http://{}", proxy.address))).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let daemon = Daemon::start_configured(GitHubServer::Cloud, stand_in, |settings| {
        settings.daemon_proxy = Some(format!("http://{}", proxy.address));
        settings.proxy_credentials_file = file.map(|_| path);
    });
    (daemon.await, proxy)
}

/// Takes the entries of `connect_to` away, where the daemon's proxy does not dial.
async fn by_the_daemons_own(daemon: &Daemon) -> Answer {
    let network = json!({ "ca_pem": daemon.stand_in.ca_pem() });
    let body = json!({ "network": network, "credential": daemon.credential(Holder::Integration) });
    daemon.as_admin(Method::PATCH, INTEGRATION, Some(body)).await
}

#[tokio::test]
async fn e9_the_daemons_own_proxy_is_passed_with_its_user_name_and_password_which_nobody_sees() {
    for file in [PAIR.to_owned(), format!("http://other.test:3128 ann:pw\nPROXY {PAIR}\n")] {
        let (daemon, proxy) = behind_a_corporate_proxy(Some(&file)).await;
        assert_eq!(proxy.heads(), Vec::<String>::new(), "an address to dial was given, and nobody else dials");
        let changed = by_the_daemons_own(&daemon).await.expect(200);
        assert_eq!(changed.body["network"]["proxy"], Value::Null);
        assert!(!changed.text.contains("horse"));
        let ann = daemon.as_user("ann");
        let pat = ann.save_pat(MAIN, token::ALICE).await.expect(200);
        assert!(!pat.text.contains("horse"));
        ann.create_branch(MAIN, WIDGETS, "through", "main").await.expect(201);
        assert!(!proxy.heads().is_empty());
        for request in daemon.stand_in.record.requests() {
            assert!(!format!("{request:?}").to_lowercase().contains("proxy-authorization"), "{request:?}");
        }
        assert!(!json!(daemon.audit().await).to_string().contains("horse"));

        // `none` leads past it, and that is another place.
        let network = json!({ "ca_pem": daemon.stand_in.ca_pem(), "proxy": "none" });
        let past = daemon.as_admin(Method::PATCH, INTEGRATION, Some(json!({ "network": network }))).await.expect(200);
        assert_eq!(past.body["set_aside"]["user_pats"], 1);
        assert_eq!(past.body["network"]["proxy"], "none");
    }
}

#[tokio::test]
async fn e9_a_proxy_that_demands_credentials_says_whether_they_are_missing_or_wrong() {
    for (file, what) in [
        (None, "demands a user name and a password, and there are none"),
        (
            Some("http://other.test:3128 countersign:correct horse"),
            "demands a user name and a password, and there are none",
        ),
        (Some("countersign:wrong horse"), "refuses the user name and the password"),
    ] {
        let (daemon, proxy) = behind_a_corporate_proxy(file).await;
        let refused = by_the_daemons_own(&daemon).await.problem(502, "git-server-unavailable");
        assert!(refused.text.contains(what) && refused.text.contains("proxy_credentials_file"), "{}", refused.text);
        assert!(refused.text.contains("Negotiate, NTLM or Digest"), "{}", refused.text);
        assert!(
            refused.text.contains(&proxy.address.to_string()) && !refused.text.contains("horse"),
            "{}",
            refused.text
        );
        assert_eq!(proxy.heads().len(), 1, "asked once");
    }
}

#[tokio::test]
async fn e9_another_proxy_of_the_daemon_sets_pats_aside_when_it_starts() {
    let (daemon, _proxy) = behind_a_corporate_proxy(Some(PAIR)).await;
    by_the_daemons_own(&daemon).await.expect(200);
    daemon.as_user("ann").save_pat(MAIN, token::ALICE).await.expect(200);
    let database = rusqlite::Connection::open(daemon.database()).unwrap();
    let kept: String = database.query_row("SELECT network FROM integrations", [], |row| row.get(0)).unwrap();
    assert!(kept.contains("inherited_proxy") && !kept.contains("horse"), "{kept}");
    // As a daemon with another configuration had left it.
    let edit = "UPDATE integrations SET network = json_set(network, '$.inherited_proxy', 'http://former.test:3128'), revision = revision + 1000";
    database.execute(edit, []).unwrap();
    assert_eq!(daemon.as_user("ann").pat(MAIN).await.expect(200).text_at("/state"), "set-aside");
    adopt_proxy(&daemon.app).await.unwrap();
    assert_eq!(daemon.as_user("ann").pat(MAIN).await.expect(200).text_at("/state"), "valid");
    let log = daemon.audit().await;
    let told = &log.iter().rfind(|entry| entry["subject"] == "integration.change").unwrap()["details"]["proxy"];
    assert_eq!(told["before"], "http://former.test:3128");
}

/// Where nothing is encrypted, its answer comes in the place of the git server's.
#[tokio::test]
async fn e9_what_a_proxy_answers_to_an_unencrypted_request_is_not_told_as_the_git_servers() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    let page = "Content-Type: text/html\r\nVia: 1.1 squid\r\nX-Squid-Error: ERR\r\nContent-Length: 40\r\n\r\n\
                <html><title>ERROR: refused</title></html";
    for (status, code, what) in [
        ("403 Forbidden", "unexpected-reply", "Something in front of the git server answered 403"),
        ("503 Service Unavailable", "git-server-unavailable", "503"),
    ] {
        let answer: &'static str = format!("{status}\r\n{page}").leak();
        let proxy = Proxy::start("127.0.0.1:1".parse().unwrap(), answer).await;
        let network = json!({ "allow_http": true, "proxy": format!("http://{}", proxy.address) });
        let settings = json!({ "base_url": "http://github.example.com" });
        let body =
            json!({ "settings": settings, "network": network, "credential": daemon.credential(Holder::Integration) });
        let refused = daemon.as_admin(Method::PATCH, INTEGRATION, Some(body)).await.problem(502, code);
        let detail = refused.text_at("/detail");
        assert!(detail.contains(what) && detail.contains("ERROR: refused"), "{detail}");
    }
}
