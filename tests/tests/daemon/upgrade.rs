//! A database of the second schema: what a daemon of before left is there, opens, and is used where it was given to.

use std::fs::Permissions;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use countersign_tests::daemon::{Call, Daemon, GitHubServer, Holder, Key, MAIN, User, WIDGETS, of_the_second_schema};
use http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

/// Where its integrations are dialled; whoever has it locked listens there.
static PORT: Mutex<u16> = Mutex::const_new(27443);
const SINCE: &str = "2026-11-22T10:00:00.000Z";

async fn upgraded() -> (MutexGuard<'static, u16>, Daemon) {
    let port = PORT.lock().await;
    free(*port).await;
    let daemon = on(of_the_second_schema(), *port).await;
    (port, daemon)
}

/// A stand-in's tasks end with its test's runtime, which is a moment after that test let the port go.
async fn free(port: u16) {
    while let Err(taken) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        assert_eq!(taken.kind(), ErrorKind::AddrInUse, "{taken}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn on(data: TempDir, port: u16) -> Daemon {
    let builder = GitHubServer::Cloud.builder().usual();
    let stand_in = builder.doors(|doors| doors.named(&["api.github.com"]).ports(0, port)).start().await.unwrap();
    let daemon = Daemon::on(GitHubServer::Cloud, stand_in, data, Key::from_seed([7; 32]), SINCE).await;
    // It is another stand-in than the one of then, with another certificate authority; its address is the same.
    for id in ["main", "narrow"] {
        let path = format!("/integrations/{id}");
        let mut network = daemon.as_admin(Method::GET, &path, None).await.expect(200).body["network"].clone();
        network["ca_pem"] = json!(daemon.stand_in.ca_pem());
        let changed = daemon.as_admin(Method::PATCH, &path, Some(json!({ "network": network }))).await.expect(200);
        assert_eq!(changed.body["set_aside"], json!({ "user_pats": 0, "own_credential": false }));
    }
    daemon
}

fn as_ever(user: &User, name: &str) -> Call {
    user.create_branch(MAIN, WIDGETS, name, "main")
}

#[tokio::test]
async fn a_database_of_the_second_schema_is_opened_and_goes_on() {
    let (_port, daemon) = upgraded().await;
    // Everything is of one site.
    let sites = daemon.as_admin(Method::GET, "/sites", None).await.expect(200);
    assert_eq!(sites.body["sites"].as_array().unwrap().len(), 1);
    let connectors = daemon.as_admin(Method::GET, "/connectors", None).await.expect(200);
    let of: Vec<&Value> = connectors.body["connectors"].as_array().unwrap().iter().map(|one| &one["site"]).collect();
    assert_eq!(of, ["default", "default"]);

    // PATs are lent as they were, each to its account, through either connector.
    let states = [("ann", "valid"), ("bob", "valid"), ("carol", "valid"), ("dave", "unchecked"), ("erin", "missing")];
    for (user, state) in states {
        let shown = daemon.as_user(user).pat(MAIN).await.expect(200);
        assert_eq!(shown.text_at("/state"), state, "{user}");
    }
    for (user, account) in [("ann", "alice"), ("carol", "alice")] {
        let made = as_ever(&daemon.as_user(user), &format!("of-{user}")).await.expect(201);
        assert_eq!((made.text_at("/receipt/acted_as"), made.text_at("/receipt/account/login")), ("user", account));
    }
    let through_the_other = daemon.as_user("ann").through("jira-two");
    assert_eq!(through_the_other.check_pat("narrow").await.expect(200).text_at("/account/login"), "alice");
    as_ever(&daemon.as_user("bob"), "of-bob").await.problem(403, "git-permission-missing");
    let dave = daemon.as_user("dave").check_pat(MAIN).await.expect(200);
    assert_eq!((dave.text_at("/state"), dave.text_at("/account/login")), ("valid", "mallory"));
    let own = as_ever(&daemon.as_user("erin"), "of-the-integration").await.expect(201);
    assert_eq!(own.text_at("/receipt/acted_as"), "integration");

    // All projects are those of the one Jira there was: a site that is added later is told of nothing.
    let main = daemon.as_admin(Method::GET, &format!("/integrations/{MAIN}"), None).await.expect(200);
    assert_eq!(main.body["projects"], json!(["*"]));
    daemon.as_admin(Method::POST, "/sites", Some(json!({ "id": "cloud" }))).await.expect(201);
    daemon.add_connector("cloud-jira", "cloud").await;
    as_ever(&daemon.as_user("erin").through("cloud-jira"), "x").await.problem(404, "not-found");

    // Rules and settings are as they were.
    let narrow = daemon.as_admin(Method::GET, "/integrations/narrow", None).await.expect(200);
    assert_eq!(narrow.body["projects"], json!(["ABC", "OPS"]));
    assert_eq!((&narrow.body["require_user_pat"], narrow.text_at("/branch_separator")), (&json!(true), "_"));
    assert_eq!((&narrow.body["branch_max_length"], narrow.text_at("/own_credential")), (&json!(60), "missing"));
    assert_eq!(narrow.body["mappings"].as_array().unwrap().len(), 2);
    daemon.as_user("erin").create_branch("narrow", WIDGETS, "x", "main").await.problem(403, "user-pat-required");

    let verdict = daemon.as_admin(Method::GET, "/audit/verification", None).await.expect(200);
    assert_eq!(verdict.body["intact"], true, "{}", verdict.text);
    let log = daemon.audit().await;
    let bound = log.iter().find(|entry| entry["subject"] == "credentials.bind").expect("it is written down");
    assert_eq!((&bound["details"]["credentials"], &bound["details"]["left"]), (&json!(6), &json!(0)));
}

#[tokio::test]
async fn what_was_sealed_before_is_sealed_anew_for_its_place_and_its_site() {
    let (_port, daemon) = upgraded().await;
    let database = Connection::open(daemon.database()).unwrap();
    let algorithms = "SELECT DISTINCT algorithm FROM \
                      (SELECT algorithm FROM pats UNION ALL SELECT algorithm FROM integrations WHERE algorithm IS NOT NULL)";
    let found: Vec<String> =
        database.prepare(algorithms).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    // As another site's, and as given to another place, it does not open.
    daemon.as_admin(Method::POST, "/sites", Some(json!({ "id": "cloud" }))).await.expect(201);
    let open = json!({ "projects": null });
    daemon.as_admin(Method::PATCH, &format!("/integrations/{MAIN}"), Some(open)).await.expect(200);
    database.execute("UPDATE pats SET site = 'cloud' WHERE jira_user = 'ann'", []).unwrap();
    daemon.add_connector("cloud-jira", "cloud").await;
    let ann = daemon.as_user("ann").through("cloud-jira");
    as_ever(&ann, "x").await.problem(500, "credential-unusable");
    daemon.stand_in.record.clear();
    database.execute("UPDATE pats SET given_to = replace(given_to, '27443', '27444')", []).unwrap();
    database
        .execute("UPDATE integrations SET network = replace(network, '27443', '27444'), revision = revision + 1000", [])
        .unwrap();
    as_ever(&daemon.as_user("carol"), "x").await.problem(500, "credential-unusable");
    assert_eq!(daemon.stand_in.record.requests().len(), 0);
}

/// Somebody has a backup from before the upgrade, can write to the database of today, and has no key.
#[tokio::test]
async fn s11_a_credential_put_back_from_before_the_upgrade_opens_for_nobody() {
    let (port, daemon) = upgraded().await;
    let (backup, data) = (of_the_second_schema(), of_the_second_schema());
    let (from, to) = (daemon.database().strip_prefix(daemon.data_dir()).unwrap().to_owned(), daemon.data_dir());
    let in_data = |directory: &TempDir| directory.path().join(to.file_name().unwrap()).join(&from);
    std::fs::remove_file(in_data(&data)).unwrap();
    let database = Connection::open(daemon.database()).unwrap();
    database.execute("VACUUM INTO ?1", [in_data(&data).to_str().unwrap()]).unwrap();
    std::fs::set_permissions(in_data(&data), Permissions::from_mode(0o600)).unwrap();
    drop((database, daemon));

    let database = Connection::open(in_data(&data)).unwrap();
    database.execute("ATTACH ?1 AS backup", [in_data(&backup).to_str().unwrap()]).unwrap();
    let columns = "(algorithm, key_id, salt, nonce, ciphertext)";
    for edit in [
        &format!(
            "UPDATE pats SET {columns} = (SELECT algorithm, key_id, salt, nonce, ciphertext FROM backup.pats AS old \
                  WHERE old.integration = pats.integration AND old.jira_user = pats.jira_user)"
        ),
        &format!(
            "UPDATE integrations SET {columns} = (SELECT algorithm, key_id, salt, nonce, ciphertext \
                  FROM backup.integrations AS old WHERE old.id = integrations.id)"
        ),
        "DELETE FROM admin_tokens WHERE label = 'harness'",
    ] {
        assert!(database.execute(edit, []).unwrap() > 0, "{edit}");
    }
    let kept = "SELECT count(DISTINCT ciphertext) FROM pats WHERE ciphertext IN (SELECT ciphertext FROM backup.pats)";
    let count = |database: &Connection| database.query_row(kept, [], |row| row.get::<_, i64>(0)).unwrap();
    let put_back = count(&database);
    let daemon = on(data, *port).await;
    assert_eq!(count(&database), put_back, "nothing is sealed anew");
    for user in ["ann", "carol", "erin"] {
        as_ever(&daemon.as_user(user), "x").await.problem(500, "credential-unusable");
    }
    assert_eq!(daemon.stand_in.record.requests().len(), 0);
}

#[tokio::test]
async fn what_was_under_way_is_still_known() {
    let (_port, daemon) = upgraded().await;
    // A branch whose outcome nobody knew is looked up before it is asked for.
    let ann = daemon.as_user("ann");
    as_ever(&ann, "lost").await.expect(201);
    assert!(
        !daemon.stand_in.record.matching(&Method::GET, "/git/ref/heads/lost").is_empty(),
        "it was looked for first"
    );

    let tokens = daemon.as_admin(Method::GET, "/tokens", None).await.expect(200);
    let labels: Vec<&str> =
        tokens.body["tokens"].as_array().unwrap().iter().map(|token| token["label"].as_str().unwrap()).collect();
    let ops: Vec<&&str> = labels.iter().filter(|label| label.starts_with("ops")).collect();
    assert_eq!(ops.len(), 2, "{labels:?}");
    assert_ne!(ops[0], ops[1], "told apart");
    let kept = "csa_an-admin-token-for-tests-an-admin-token";
    daemon.call(Method::GET, "/api/v1/admin/tokens").bearer(kept).await.expect(200);
    let own = json!({ "credential": daemon.credential(Holder::Integration) });
    daemon.as_admin(Method::PATCH, "/integrations/narrow", Some(own)).await.expect(200);
}
