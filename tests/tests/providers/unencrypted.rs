//! An address with `http:` of a server that takes nothing but `https:` is a setting to be changed, and no outage: whoever sets it
//! is told beside the field, and people later are told that an administrator has to.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use countersign_tests::daemon::{AzureServer, Daemon, GitHubServer, GitLabServer, Holder, MAIN, Server};
use http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::TcpListener;

const INTEGRATION: &str = "/integrations/main";
/// What stands before many servers at port 80, and sends every request on to port 443.
const SENDS_ON: Front = ("301 Moved Permanently\r\nLocation: https://HOSTPATH", "<html>");
/// What a server says that wants no unencrypted request at that port.
const REFUSES: Front = ("400 Bad Request", "<h1>The plain HTTP request was sent to HTTPS port</h1>");

/// What it answers to every request: a status with headers, in which `HOST` and `PATH` are those of the request, and a body.
pub type Front = (&'static str, &'static str);

pub async fn front(says: Front) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(BufStream::new(stream), says));
        }
    });
    address
}

async fn answer(mut stream: BufStream<tokio::net::TcpStream>, (status, body): Front) -> Option<()> {
    let (mut path, mut host, mut line) = (None, String::new(), String::new());
    while stream.read_line(&mut line).await.ok()? > 2 {
        path = path.or_else(|| line.split(' ').nth(1).map(str::to_owned));
        host = line.strip_prefix("host: ").map_or(host, |name| name.trim().to_owned());
        line.clear();
    }
    let path = path?;
    let status = status.replace("HOST", &host).replace("PATH", &path);
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close");
    stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await.ok()?;
    stream.flush().await.ok()
}

/// The settings with `http:`, and the field that has it.
pub fn unencrypted(server: impl Server) -> (&'static str, BTreeMap<&'static str, String>) {
    let mut settings = server.settings();
    let found = settings.iter_mut().find(|(_, value)| value.starts_with("https://"));
    let (field, value) = found.expect("a setting with an address");
    *value = value.replace("https://", "http://");
    (*field, settings)
}

async fn is_told_beside_its_field<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let (field, settings) = unencrypted(server);
    let host = server.hosts()[0];
    for says in [SENDS_ON, REFUSES] {
        let at = front(says).await;
        let network = json!({ "allow_http": true, "connect_to": { format!("{host}:80"): at.to_string() } });
        let body =
            json!({ "settings": settings, "network": network, "credential": daemon.credential(Holder::Integration) });
        let refused = daemon.as_admin(Method::PATCH, INTEGRATION, Some(body)).await.problem(422, "invalid");
        assert_eq!(refused.body["errors"][0]["field"], field, "{}", refused.text);
        assert!(refused.text_at("/detail").contains("https://"), "{}", refused.text);
        assert!(says == REFUSES || refused.text.contains(&format!("on to https://{host}:")), "{}", refused.text);
    }
    people_are_told(&daemon, field, &settings, host).await;
}

/// Where the server came to want it later.
async fn people_are_told<S: Server>(daemon: &Daemon<S>, field: &str, settings: &BTreeMap<&str, String>, host: &str) {
    let at = front(SENDS_ON).await;
    let network = json!({ "allow_http": true, "connect_to": { format!("{host}:80"): at.to_string() } });
    let body = json!({ "settings": settings, "network": network, "credential": Value::Null });
    daemon.as_admin(Method::PATCH, INTEGRATION, Some(body)).await.expect(200);
    let ann = daemon.as_user("ann");
    let refused = ann.save_credential(MAIN, &daemon.credential(Holder::Alice)).await;
    let refused = refused.problem(502, "integration-misconfigured");
    assert!(refused.text_at("/detail").contains(&format!("its setting `{field}`")), "{}", refused.text);
}

#[tokio::test]
async fn github_enterprise() {
    is_told_beside_its_field(GitHubServer::Enterprise).await;
}

#[tokio::test]
async fn gitlab_self_managed() {
    is_told_beside_its_field(GitLabServer::SelfManaged).await;
}

#[tokio::test]
async fn tfs() {
    for server in [AzureServer::Server2022, AzureServer::Tfs2018] {
        is_told_beside_its_field(server).await;
    }
}
