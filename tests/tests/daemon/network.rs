//! Network settings that cannot work are refused when they are made, field by field, and nothing of them is stored.

use countersign_tests::daemon::{Answer, Daemon, GitHubServer, Holder, MAIN, Server as _};
use http::Method;
use serde_json::{Value, json};

const INTEGRATION: &str = "/integrations/main";

/// Field to message, of a refusal that stored nothing.
async fn refused(daemon: &Daemon, settings: Option<Value>, network: Value) -> Vec<(String, String)> {
    let before = daemon.as_admin(Method::GET, INTEGRATION, None).await.expect(200);
    let mut change = json!({ "network": network });
    let mut new = json!({
        "id": "another",
        "kind": GitHubServer::Enterprise.kind(),
        "settings": settings.clone().unwrap_or_else(|| json!(GitHubServer::Enterprise.settings())),
        "network": network,
    });
    if let Some(settings) = settings {
        change["settings"] = settings;
    }
    let changed = daemon.as_admin(Method::PATCH, INTEGRATION, Some(change)).await.problem(422, "invalid");
    let added = daemon.as_admin(Method::POST, "/integrations", Some(new.take())).await.problem(422, "invalid");
    assert_eq!(changed.body["errors"], added.body["errors"], "a change and an addition are told the same");
    let after = daemon.as_admin(Method::GET, INTEGRATION, None).await.expect(200);
    assert_eq!(after.text, before.text);
    daemon.as_admin(Method::GET, "/integrations/another", None).await.problem(404, "not-found");
    errors(&changed)
}

fn errors(refused: &Answer) -> Vec<(String, String)> {
    let errors = refused.body["errors"].as_array().expect("errors");
    let text = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
    errors.iter().map(|error| (text(error, "field"), text(error, "message"))).collect()
}

/// One error, of this field, with this in its message.
async fn refused_for(daemon: &Daemon, settings: Option<Value>, network: Value, field: &str, why: &str) {
    println!("{:.80}", network.to_string());
    let found = refused(daemon, settings, network).await;
    assert!(found.len() == 1 && found[0].0 == field && found[0].1.contains(why), "{found:?}");
}

fn at(url: &str) -> Option<Value> {
    Some(json!({ "base_url": url }))
}

#[tokio::test]
async fn a_host_that_is_none_is_the_fault_of_the_setting() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    for host in
        ["10.0.0.256", "1.2.3.256", "1.2.3.4.5", "xn--a", "a.xn--a.example", "xn--zzzzzz99999", "localhost.", "[::g]"]
    {
        for url in [format!("https://{host}"), format!("https://{host}:8443")] {
            refused_for(&daemon, at(&url), json!({}), "base_url", "").await;
        }
    }
}

#[tokio::test]
async fn nonsense_in_connect_to_is_refused() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    for to in [
        "",
        "x",
        "127.0.0.1",
        "127.0.0.1:0x50",
        ":443",
        "127.0.0.1:443/x",
        "localhost:443",
        "169.254.169.254:443",
        "0.0.0.0:443",
        "127.0.0.1:0",
    ] {
        let network = json!({ "connect_to": { "github.example.com:443": to } });
        refused_for(&daemon, None, network, "network.connect_to", "github.example.com:443").await;
    }
    for from in
        ["", "github.example.com", "github.example.com:444", "evil.example:443", "https://github.example.com:443"]
    {
        let network = json!({ "connect_to": { from: "127.0.0.1:443", "github.example.com:443": "127.0.0.1:443" } });
        refused_for(&daemon, None, network, "network.connect_to", "github.example.com:443").await;
    }
}

#[tokio::test]
async fn a_pem_without_a_usable_certificate_is_refused_and_its_bad_block_named() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    let good = daemon.stand_in.ca_pem().to_owned();
    let fixed = json!({ "github.example.com:443": daemon.stand_in.tls_addr().to_string() });
    let bad_block = "-----BEGIN CERTIFICATE-----\nTUVITA==\n-----END CERTIFICATE-----\n";
    let request = "-----BEGIN CERTIFICATE REQUEST-----\nTUVITA==\n-----END CERTIFICATE REQUEST-----\n";
    let table = [
        (String::new(), ""),
        ("nonsense".to_owned(), ""),
        (request.to_owned(), ""),
        (daemon.key.public_pem(), ""),
        (bad_block.to_owned(), "1"),
        (format!("{good}{bad_block}{good}"), "2"),
        (format!("{good}{good}{bad_block}"), "3"),
        (good.replace("-----END", "!!!!!END"), ""),
    ];
    for (pem, place) in table {
        let network = json!({ "ca_pem": pem, "connect_to": fixed });
        refused_for(&daemon, None, network, "network.ca_pem", place).await;
    }
    let unusual = [
        format!("\u{feff}{good}"),
        format!("\n\n   \t{good}"),
        good.replace('\n', "\r\n"),
        good.replace(" CERTIFICATE-", " TRUSTED CERTIFICATE-"),
        good.lines().map(|line| format!("  {line}\n")).collect(),
        format!("# our own\nsubject=CN = test\n{good}"),
        format!("{good}{good}"),
    ];
    let own = daemon.credential(Holder::Integration);
    for pem in unusual {
        println!("{pem:.40}");
        let change = json!({ "network": { "ca_pem": pem, "connect_to": fixed }, "credential": own });
        daemon.as_admin(Method::PATCH, INTEGRATION, Some(change)).await.expect(200);
    }
}

#[tokio::test]
async fn an_unencrypted_or_private_origin_is_refused_until_it_is_allowed() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    refused_for(&daemon, at("http://8.8.8.8"), json!({}), "network.allow_http", "http://8.8.8.8").await;
    let private =
        ["10.0.0.7", "192.168.1.1:8443", "127.0.0.1", "172.16.0.1", "[::1]", "[fd00::1]", "100.64.0.1", "0x7f.1"];
    for host in private {
        refused_for(&daemon, at(&format!("https://{host}")), json!({}), "network.allow_private", "").await;
    }
    refused_for(&daemon, at("https://localhost"), json!({}), "network.allow_private", "localhost").await;
    let both = refused(&daemon, at("http://10.0.0.7"), json!({})).await;
    let fields: Vec<&str> = both.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["network.allow_http", "network.allow_private"], "all of it is said at once");
    let metadata = json!({ "allow_private": true, "allow_http": true });
    refused_for(&daemon, at("http://169.254.169.254"), metadata, "network.allow_private", "metadata").await;
    // Allowed, it is taken although nobody answers there: that is another question.
    let allowed = json!({
        "settings": { "base_url": "http://10.0.0.7" },
        "network": { "allow_private": true, "allow_http": true },
    });
    daemon.as_admin(Method::PATCH, &format!("{INTEGRATION}?dry_run=true"), Some(allowed)).await.expect(200);
}

#[tokio::test]
async fn what_keeps_a_git_server_from_being_reached_is_told_with_what_has_to_be_done_and_without_numbers() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let there = daemon.stand_in.tls_addr().to_string();
    let told = async |address: &str| {
        let network = json!({ "connect_to": { "github.example.com:443": address } });
        let body = json!({ "network": network, "credential": daemon.credential(Holder::Integration) });
        let refused = daemon.as_admin(Method::PATCH, INTEGRATION, Some(body)).await;
        refused.problem(502, "git-server-unavailable").text_at("/detail").to_owned()
    };
    let untrusted = told(&there).await;
    assert!(
        untrusted.contains("nobody who is trusted vouches for it; to the integration's certificates, add"),
        "{untrusted}"
    );
    assert!(untrusted.ends_with("This stays so until an administrator has mended it."), "{untrusted}");
    let refused = told(&closed).await;
    assert!(refused.contains("Connection refused") && refused.contains("Try again later; if it goes on"), "{refused}");
    for told in [untrusted, refused] {
        assert!(!told.contains("os error") && !told.contains("outage") && !told.contains("ca_pem"), "{told}");
    }
}

#[tokio::test]
async fn what_was_set_up_before_does_not_stand_in_the_way_of_another_change() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    let database = rusqlite::Connection::open(daemon.database()).unwrap();
    let broken = r#"{"allow_private":false,"allow_http":false,"ca_pem":"nonsense","connect_to":{"x":"y"}}"#;
    let edit = "UPDATE integrations SET network = ?2, revision = revision + 1000 WHERE id = ?1";
    database.execute(edit, (MAIN, broken)).unwrap();
    let rule = json!({ "require_user_pat": true, "name": "Git" });
    daemon.as_admin(Method::PATCH, INTEGRATION, Some(rule)).await.expect(200);
    let found = refused(&daemon, None, json!({ "ca_pem": "nonsense" })).await;
    assert!(found.iter().any(|(field, _)| field == "network.ca_pem"), "{found:?}");
}

#[tokio::test]
async fn an_integrations_own_credential_is_taken_away_by_null_alone() {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    let change = async |body: Value| daemon.as_admin(Method::PATCH, INTEGRATION, Some(body)).await;
    let kept = change(json!({ "name": "Git" })).await.expect(200);
    assert_eq!((kept.text_at("/own_credential"), kept.text_at("/account/login")), ("usable", "jira-integration"));
    change(json!({ "credential": {} })).await.problem(422, "invalid");
    let taken = change(json!({ "credential": null })).await.expect(200);
    assert_eq!((taken.text_at("/own_credential"), &taken.body["account"]), ("missing", &Value::Null));
    let database = rusqlite::Connection::open(daemon.database()).unwrap();
    let kept = "SELECT count(*) FROM integrations WHERE own_given_to IS NOT NULL OR ciphertext IS NOT NULL";
    let left: i64 = database.query_row(kept, [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
    let log = daemon.audit().await;
    let told =
        &log.iter().rfind(|entry| entry["subject"] == "integration.change").unwrap()["details"]["own_credential"];
    assert_eq!(told, &json!({ "before": "usable", "after": "missing" }));
    change(json!({ "credential": daemon.credential(Holder::Integration) })).await.expect(200);
}
