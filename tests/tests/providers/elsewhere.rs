//! A server that sends everything on to another place for good is at another address: that is a setting to be changed, which names
//! the place, and no answer to be tried again. Nobody is followed there.

use countersign_tests::daemon::{AzureServer, Daemon, GitHubServer, GitLabServer, Holder, Server};
use http::Method;
use serde_json::json;

use crate::unencrypted::{front, unencrypted};

async fn told<S: Server>(daemon: &Daemon<S>, server: S, says: &'static str) -> String {
    let (field, settings) = unencrypted(server);
    let at = front((says, "<html><title>Moved</title></html>")).await;
    let connect_to = json!({ format!("{}:80", server.hosts()[0]): at.to_string() });
    let network = json!({ "allow_http": true, "connect_to": connect_to });
    let own = daemon.credential(Holder::Integration);
    let body = json!({ "settings": settings, "network": network, "credential": own });
    let refused = daemon.as_admin(Method::PATCH, "/integrations/main", Some(body)).await.problem(422, "invalid");
    assert_eq!(refused.body["errors"][0]["field"], field, "{}", refused.text);
    assert!(!refused.text.contains("secret"), "{}", refused.text);
    refused.body["errors"][0]["message"].as_str().unwrap().to_owned()
}

async fn is_told_where_to<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let here = format!("http://{}/git/", server.hosts()[0]);
    for (says, to) in [
        ("301 Moved\r\nLocation: https://new.example.comPATH", "https://new.example.com: let"),
        ("308 Moved\r\nLocation: https://new.example.comPATH", "https://new.example.com: let"),
        ("301 Moved\r\nLocation: //new.example.comPATH", "http://new.example.com: let"),
        (
            "301 Moved\r\nLocation: https://u:secret@new.example.com/x?t=secret",
            "https://new.example.com/x: if the git server is there",
        ),
        ("301 Moved\r\nLocation: /gitPATH", &here),
        ("308 Moved\r\nLocation: http://HOST/gitPATH", &here),
    ] {
        let told = told(&daemon, server, says).await;
        assert!(told.contains(&format!(" on to {to}")), "{says}: {told}");
    }
}

#[tokio::test]
async fn github_enterprise() {
    is_told_where_to(GitHubServer::Enterprise).await;
}

#[tokio::test]
async fn gitlab_self_managed() {
    is_told_where_to(GitLabServer::SelfManaged).await;
}

/// A page that signs people in is none of GitLab's API either.
#[tokio::test]
async fn gitlab_behind_a_sign_in() {
    let daemon = Daemon::start(GitLabServer::SelfManaged).await;
    for (status, says) in [
        ("302", "302 Found\r\nLocation: https://sso.example.com/login?state=secret"),
        ("301", "301 Moved\r\nLocation: https://sso.example.com/saml2/start?SAMLRequest=secret"),
    ] {
        let told = told(&daemon, GitLabServer::SelfManaged, says).await;
        let answered =
            format!("wants people to sign in with a browser: it answered {status}, to https://sso.example.com.");
        assert!(told.contains(&answered) && told.contains("start page"), "{told}");
    }
}

#[tokio::test]
async fn tfs() {
    for server in [AzureServer::Server2022, AzureServer::Tfs2018] {
        is_told_where_to(server).await;
    }
}
