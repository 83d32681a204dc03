//! S11: whatever of an integration's way to its git server is changed, and however, PATs stay where they were given.
//! How this holds for each git server and scheme of authentication is in the provider suite.

use countersign_tests::daemon::{Daemon, GitHubServer, Holder, MAIN, Server as _, User, WIDGETS, at};
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::{GitHub, token};
use http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

const INTEGRATION: &str = "/integrations/main";
const OTHER_HOST: &str = "git.example.org";

struct Scene {
    daemon: Daemon,
    ann: User,
    /// Another server, which takes the same tokens and has both names.
    elsewhere: GitHub,
}

impl Scene {
    async fn new() -> Scene {
        let daemon = Daemon::start(GitHubServer::Enterprise).await;
        let ann = daemon.as_user("ann");
        ann.save_pat(MAIN, token::ALICE).await.expect(200);
        let builder = GitHubServer::Enterprise.builder().usual();
        let named = builder.doors(|doors| doors.named(&["github.example.com", OTHER_HOST]));
        Scene { daemon, ann, elsewhere: named.start().await.unwrap() }
    }

    async fn change(&self, body: &Value) -> Value {
        self.daemon.as_admin(Method::PATCH, INTEGRATION, Some(body.clone())).await.expect(200).body
    }

    async fn state(&self) -> String {
        self.ann.pat(MAIN).await.expect(200).text_at("/state").to_owned()
    }

    /// The network settings, with one of them changed.
    fn network(&self, name: &str, value: Value) -> Value {
        let mut network = json!({ "ca_pem": self.ca_pem(), "connect_to": self.here() });
        network[name] = value;
        network
    }

    /// Both servers are trusted, whichever is dialled: nothing but the PAT's own place stands in the way.
    fn ca_pem(&self) -> String {
        format!("{}{}", self.daemon.stand_in.ca_pem(), self.elsewhere.ca_pem())
    }

    fn here(&self) -> Value {
        json!({ "github.example.com:443": self.daemon.stand_in.tls_addr().to_string() })
    }

    fn there(&self, host: &str) -> Value {
        json!({ format!("{host}:443"): self.elsewhere.tls_addr().to_string() })
    }

    async fn nothing_got_out(&self) {
        let unseals = self.daemon.unseals().await;
        let as_herself = json!({ "name": "feature/x", "from": "main", "project": "ABC", "act_as": "user" });
        let denied = self.ann.ask_for_branch(MAIN, WIDGETS, &as_herself).await.problem(403, "user-pat-missing");
        assert_eq!(denied.text_at("/pat_state"), "set-aside");
        self.ann.create_branch(MAIN, WIDGETS, "feature/x", "main").await.problem(403, "integration-account-missing");
        self.ann.check_pat(MAIN).await.problem(403, "user-pat-missing");
        // Removing it is a user's right; what is sent to forget it goes nowhere else either.
        assert_eq!(self.daemon.unseals().await, unseals);
        assert_eq!(self.elsewhere.record.requests().len(), 0);
    }
}

#[tokio::test]
async fn s11_every_change_of_the_way_sets_pats_aside_and_the_way_back_restores_them() {
    let scene = Scene::new().await;
    let before = json!({ "settings": GitHubServer::Enterprise.settings(), "network": scene.network("allow_http", json!(false)) });
    assert_eq!(scene.change(&before).await["set_aside"], json!({ "user_pats": 0, "own_credential": false }), "a CA");
    let base_url = |url: &str, connect_to: Value| json!({ "settings": { "base_url": url }, "network": scene.network("connect_to", connect_to) });
    let moves = [
        ("another name", base_url("https://git.example.org", scene.there(OTHER_HOST))),
        ("another port", base_url("https://github.example.com:8443", json!({}))),
        ("dialled elsewhere", json!({ "network": scene.network("connect_to", scene.there("github.example.com")) })),
        ("dialled by DNS", json!({ "network": scene.network("connect_to", json!({})) })),
        ("private addresses", json!({ "network": scene.network("allow_private", json!(true)) })),
        ("without encryption", json!({ "network": scene.network("allow_http", json!(true)) })),
        (
            "an unencrypted one",
            json!({ "settings": { "base_url": "http://github.example.com" }, "network": {
                "allow_http": true, "connect_to": { "github.example.com:80": scene.elsewhere.tls_addr().to_string() },
            } }),
        ),
    ];
    for (what, moved) in moves {
        println!("{what}");
        let dry = scene.daemon.as_admin(Method::PATCH, &format!("{INTEGRATION}?dry_run=true"), Some(moved.clone()));
        let concerns = json!({ "user_pats": 1, "own_credential": true });
        assert_eq!(dry.await.expect(200).body["set_aside"], concerns);
        assert_eq!(scene.state().await, "valid");
        assert_eq!(scene.change(&moved).await["set_aside"], concerns);
        assert_eq!(scene.state().await, "set-aside");
        let told = scene.ann.pat(MAIN).await.expect(200).body["moved"].clone();
        assert_ne!(told["from"], told["to"], "{told}");
        scene.nothing_got_out().await;
        assert_eq!(scene.change(&before).await["own_credential"], "usable");
        assert_eq!(scene.state().await, "valid");
    }
    scene.ann.create_branch(MAIN, WIDGETS, "feature/after-all", "main").await.expect(201);
}

#[tokio::test]
async fn s11_what_leads_to_the_same_place_sets_nothing_aside() {
    let scene = Scene::new().await;
    let none = json!({ "user_pats": 0, "own_credential": false });
    for same in [
        json!({ "name": "Git" }),
        json!({ "settings": { "base_url": "https://GitHub.Example.com/" }, "network": scene.network("allow_http", json!(false)) }),
        json!({ "network": scene.network("ca_pem", json!(scene.ca_pem())) }),
        json!({ "projects": ["ABC"], "require_user_pat": true, "branch_separator": "_" }),
    ] {
        assert_eq!(scene.change(&same).await["set_aside"], none, "{same}");
        assert_eq!(scene.state().await, "valid");
    }
    scene.ann.create_branch(MAIN, WIDGETS, "feature/x", "main").await.expect(201);
}

#[tokio::test]
async fn s11_every_column_that_says_where_to_edited_with_sql_lends_nothing_elsewhere() {
    let scene = Scene::new().await;
    let database = Connection::open(scene.daemon.database()).unwrap();
    let there = scene.there(OTHER_HOST).to_string();
    let ca_pem = scene.ca_pem();
    let connect_to = format!("json_set(network, '$.ca_pem', ?2, '$.connect_to', json('{there}'))");
    let dial_elsewhere =
        format!("json_set(network, '$.ca_pem', ?2, '$.connect_to', json('{}'))", scene.there("github.example.com"));
    let renamed = |column: &str| format!("replace({column}, 'github.example.com', '{OTHER_HOST}')");
    let edits = [
        format!("connection = {}, network = {connect_to}", renamed("connection")),
        format!("connection = {}, settings = {}, network = {connect_to}", renamed("connection"), renamed("settings")),
        format!(
            "connection = {}, settings = {}, network = {connect_to}, own_given_to = {}",
            renamed("connection"),
            renamed("settings"),
            renamed("own_given_to")
        ),
        format!("network = {dial_elsewhere}"),
        "network = json_set(network, '$.allow_private', json('true'), '$.ca_pem', ?2)".to_owned(),
    ];
    let columns = "connection, settings, network, own_given_to";
    let kept: [String; 4] = database
        .query_row(&format!("SELECT {columns} FROM integrations WHERE id = ?1"), [MAIN], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])
        })
        .unwrap();
    for pretended in [false, true] {
        for (number, edit) in edits.iter().enumerate() {
            println!("{number}, and the PAT's row says it was given there: {pretended}");
            let revision = "revision = revision + 1000";
            let done = database.execute(
                &format!("UPDATE integrations SET {edit}, {revision} WHERE id = ?1 AND ?2 != ''"),
                (MAIN, &ca_pem),
            );
            assert_eq!(done.unwrap(), 1);
            if pretended {
                let place = format!("replace(given_to, 'github.example.com', '{OTHER_HOST}')");
                let dialled = format!(
                    "json_set({place}, '$.connect_to', \
                     json((SELECT json_extract(network, '$.connect_to') FROM integrations WHERE id = ?1)), \
                     '$.allow_private', json('true'))"
                );
                database
                    .execute(&format!("UPDATE pats SET given_to = {dialled} WHERE integration = ?1"), [MAIN])
                    .unwrap();
            }
            for act_as in ["user", "auto", "integration"] {
                let body = json!({ "name": "feature/x", "from": "main", "project": "ABC", "act_as": act_as });
                let refused = scene.ann.ask_for_branch(MAIN, WIDGETS, &body).await;
                let codes = ["user-pat-missing", "integration-account-missing", "credential-unusable"];
                assert!(codes.contains(&refused.code()), "{act_as}: {}", refused.text);
            }
            let checked = scene.ann.check_pat(MAIN).await;
            assert!(["user-pat-missing", "credential-unusable"].contains(&checked.code()), "{}", checked.text);
            assert_eq!(scene.elsewhere.record.requests().len(), 0);
            let back = format!("UPDATE integrations SET ({columns}) = (?2, ?3, ?4, ?5), {revision} WHERE id = ?1");
            let [connection, settings, network, own] = &kept;
            assert_eq!(database.execute(&back, (MAIN, connection, settings, network, own)).unwrap(), 1);
        }
    }
}

/// The git server at the new address takes its time; what the user does meanwhile is what stands.
#[tokio::test]
async fn s11_a_confirmation_brings_nothing_back_that_was_removed_or_replaced_meanwhile() {
    let scene = Scene::new().await;
    scene.change(&json!({ "network": scene.network("connect_to", scene.there("github.example.com")) })).await;
    let addresses = scene.ann.pat(MAIN).await.expect(200).body["moved"]["to"].clone();
    let confirm = || {
        scene.elsewhere.faults.once(When::ends_with(Method::GET, "/user"), Fault::DelayAnswer { delay_ms: 500 });
        let body = json!({ "project": "ABC", "addresses": addresses });
        tokio::spawn(scene.ann.post(&at(&["integrations", MAIN, "pat", "confirm"]), &body).into_future())
    };
    let asked = async || tokio::time::sleep(std::time::Duration::from_millis(150)).await;

    let confirming = confirm();
    asked().await;
    scene.ann.save_pat(MAIN, token::BOB).await.expect(200);
    let late = confirming.await.unwrap().problem(409, "changed-meanwhile");
    assert!(late.text_at("/detail").starts_with("Your token was changed meanwhile"), "{}", late.text);
    assert_eq!(scene.ann.check_pat(MAIN).await.expect(200).text_at("/account/login"), "bob");

    // Once more: the PAT of before leads where the integration led.
    scene.ann.save_pat(MAIN, token::ALICE).await.expect(200);
    scene.change(&json!({ "network": scene.network("connect_to", scene.here()) })).await;
    scene.ann.save_pat(MAIN, token::ALICE).await.expect(200);
    scene.change(&json!({ "network": scene.network("connect_to", scene.there("github.example.com")) })).await;
    let confirming = confirm();
    asked().await;
    scene.ann.remove_pat(MAIN).await.expect(204);
    confirming.await.unwrap().problem(409, "changed-meanwhile");
    assert_eq!(scene.state().await, "missing");
    let log = scene.daemon.audit().await;
    assert!(log.iter().all(|entry| entry["subject"] != "pat.confirm"), "nothing is written down as confirmed");
}

/// Removing it everywhere is what a user asks for most when an address moved that she does not know.
#[tokio::test]
async fn s11_a_pat_that_was_set_aside_is_removed_and_not_sent_to_be_revoked() {
    let scene = Scene::new().await;
    scene.change(&json!({ "network": scene.network("connect_to", scene.there("github.example.com")) })).await;
    let removed = scene.ann.revoke_pat(MAIN).await.expect(200);
    assert_eq!(removed.body["revoked"], false);
    assert!(removed.text_at("/reason").contains("another address"), "{}", removed.text);
    assert_eq!(scene.elsewhere.record.requests().len(), 0);
    assert_eq!(scene.state().await, "missing");
}

#[tokio::test]
async fn s11_a_new_credential_may_come_with_the_move_and_is_asked_about_there() {
    let scene = Scene::new().await;
    let moved = json!({
        "settings": { "base_url": format!("https://{OTHER_HOST}") },
        "network": scene.network("connect_to", scene.there(OTHER_HOST)),
        "credential": scene.daemon.credential(Holder::Integration),
    });
    scene.daemon.stand_in.record.clear();
    let done = scene.change(&moved).await;
    assert_eq!(done["set_aside"], json!({ "user_pats": 1, "own_credential": false }));
    assert_eq!(done["own_credential"], "usable");
    assert!(!scene.elsewhere.record.requests().is_empty());
    assert_eq!(scene.daemon.stand_in.record.requests().len(), 0);
    scene.ann.save_pat(MAIN, token::ALICE).await.expect(200);
    scene.ann.create_branch(MAIN, WIDGETS, "feature/x", "main").await.expect(201);
    assert_eq!(scene.elsewhere.who_made_branch(WIDGETS, "feature/x").as_deref(), Some("alice"));
}
