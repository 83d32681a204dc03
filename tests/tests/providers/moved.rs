//! An integration that leads elsewhere since credentials were saved: none of them goes along, whoever moved it and however.
//! The other place is a whole git server that would take them.

use countersign_tests::daemon::{Daemon, Holder, MAIN, Server, User, at};
use countersign_tests::standin::StandIn as _;
use http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::widgets;

/// A daemon with the PATs of two users, and another git server with the same names, scene and tokens.
async fn scene<S: Server>(server: S) -> (Daemon<S>, S::StandIn, [User; 2]) {
    let daemon = Daemon::start(server).await;
    let (ann, bob) = (daemon.as_user("ann"), daemon.as_user("bob"));
    ann.save_credential(MAIN, &daemon.credential(Holder::Alice)).await.expect(200);
    bob.save_credential(MAIN, &daemon.credential(Holder::Bob)).await.expect(200);
    let elsewhere = server.usual(None).await;
    (daemon, elsewhere, [ann, bob])
}

/// Everything that would use a credential, in either name.
async fn nothing_is_lent<S: Server>(daemon: &Daemon<S>, elsewhere: &S::StandIn, user: &User) {
    let repository = widgets(daemon.server());
    let unseals = daemon.unseals().await;
    let shown = user.pat(MAIN).await.expect(200);
    assert_eq!(shown.text_at("/state"), "set-aside");
    let as_herself = json!({ "name": "feature/x", "from": "main", "project": "ABC", "act_as": "user" });
    let denied = user.ask_for_branch(MAIN, repository, &as_herself).await.problem(403, "user-pat-missing");
    assert_eq!(denied.text_at("/pat_state"), "set-aside");
    assert!(denied.text_at("/detail").contains("confirm your token"), "{}", denied.text);
    assert!(!denied.text_at("/setup_url").is_empty());
    for call in [
        user.create_branch(MAIN, repository, "feature/x", "main"),
        user.create_pull_request(MAIN, repository, "develop"),
        user.delete_branch(MAIN, repository, "develop"),
        user.branches(MAIN, repository),
        user.repositories(MAIN),
    ] {
        let denied = call.await.problem(403, "integration-account-missing");
        assert!(denied.text_at("/detail").contains("address of this integration changed"), "{}", denied.text);
    }
    user.check_pat(MAIN).await.problem(403, "user-pat-missing");
    assert_eq!(daemon.unseals().await, unseals, "nothing is even opened");
    assert_eq!(elsewhere.record().requests().len(), 0, "nothing reaches the other place");
}

fn leading_to<S: Server>(server: S, place: &S::StandIn) -> Value {
    let address = place.tls_addr().to_string();
    let connect_to = server.hosts().iter().map(|host| (format!("{host}:443"), json!(address)));
    json!({ "ca_pem": place.ca_pem(), "connect_to": Value::Object(connect_to.collect()) })
}

pub async fn by_an_administrator<S: Server>(server: S) {
    let (daemon, elsewhere, [ann, bob]) = scene(server).await;
    let (path, before) = (format!("/integrations/{MAIN}"), leading_to(server, daemon.stand_in()));
    let moved = json!({ "network": leading_to(server, &elsewhere) });

    let concerns = json!({ "user_pats": 2, "own_credential": true });
    let dry = daemon.as_admin(Method::PATCH, &format!("{path}?dry_run=true"), Some(moved.clone())).await.expect(200);
    assert_eq!((&dry.body["set_aside"], dry.text_at("/own_credential")), (&concerns, "set-aside"));
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "valid", "nothing was changed");
    let done = daemon.as_admin(Method::PATCH, &path, Some(moved)).await.expect(200);
    assert_eq!((&done.body["set_aside"], done.text_at("/own_credential")), (&concerns, "set-aside"));
    let log = daemon.audit().await;
    let entry = log.iter().rfind(|entry| entry["subject"] == "integration.change").unwrap();
    for member in ["connect_to", "ca_pem_sha256"] {
        let told = &entry["details"][member];
        assert!(told["before"] != told["after"] && !told["before"].is_null(), "{entry}");
    }
    assert_eq!(entry["details"]["set_aside"], concerns);
    nothing_is_lent(&daemon, &elsewhere, &ann).await;

    // Whoever edits the row that says where they were given to gains nothing: they open for the place they were sealed for.
    let database = Connection::open(daemon.database()).unwrap();
    let of_bob = "SELECT given_to FROM pats WHERE jira_user = 'bob'";
    let given_to: String = database.query_row(of_bob, [], |row| row.get(0)).unwrap();
    let pretend = "UPDATE pats SET given_to = json_set(given_to, '$.connect_to', \
                   json((SELECT json_extract(network, '$.connect_to') FROM integrations WHERE id = ?1))) WHERE jira_user = 'bob'";
    assert_eq!(database.execute(pretend, [MAIN]).unwrap(), 1);
    bob.create_branch(MAIN, widgets(server), "feature/x", "main").await.problem(500, "credential-unusable");
    assert_eq!(elsewhere.record().requests().len(), 0);
    database.execute("UPDATE pats SET given_to = ?1 WHERE jira_user = 'bob'", [given_to]).unwrap();

    confirmed_by_its_user(&daemon, &elsewhere, &ann).await;
    let moved_back = daemon.as_admin(Method::PATCH, &path, Some(json!({ "network": before }))).await.expect(200);
    assert_eq!(moved_back.body["set_aside"], json!({ "user_pats": 1, "own_credential": false }));
    // What was confirmed, or given again, at the other place is set aside; what never left is good again.
    assert_eq!(moved_back.text_at("/own_credential"), "usable");
    assert_eq!(bob.pat(MAIN).await.expect(200).text_at("/state"), "valid");
    assert_eq!(bob.check_pat(MAIN).await.expect(200).text_at("/account/login"), server.account(Holder::Bob));
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "set-aside");
}

/// She says so herself, naming where it goes, and the git server there answers for it.
async fn confirmed_by_its_user<S: Server>(daemon: &Daemon<S>, elsewhere: &S::StandIn, ann: &User) {
    let confirm = async |addresses: &Value| {
        let body = json!({ "project": "ABC", "addresses": addresses });
        ann.post(&at(&["integrations", MAIN, "pat", "confirm"]), &body).await
    };
    let moved = ann.pat(MAIN).await.expect(200).body["moved"].clone();
    assert_ne!(moved["from"], moved["to"], "the names are the same, and it is said that they are dialled elsewhere");
    confirm(&moved["from"]).await.problem(422, "invalid");
    confirm(&json!(["https://evil.example"])).await.problem(422, "invalid");
    confirm(&json!([])).await.problem(422, "invalid");
    assert_eq!(elsewhere.record().requests().len(), 0);
    let confirmed = confirm(&moved["to"]).await.expect(200);
    assert_eq!((confirmed.text_at("/state"), confirmed.body.get("moved")), ("valid", None));
    assert!(!elsewhere.record().requests().is_empty(), "the git server there was asked");
    confirm(&moved["to"]).await.problem(409, "nothing-to-confirm");

    let (server, name) = (daemon.server(), "feature/ABC-1-at-the-new-place");
    let created = ann.create_branch(MAIN, widgets(server), name, "main").await.expect(201);
    assert_eq!(created.text_at("/receipt/account/login"), server.account(Holder::Alice));
    let full_name = server.full_name(countersign_tests::daemon::Place::Widgets);
    let maker = elsewhere.who_made_branch(full_name, name);
    assert_eq!(maker.as_deref(), Some(server.login(Holder::Alice)));
    assert_eq!(daemon.stand_in().who_made_branch(full_name, name), None);

    // The integration's own credential is an administrator's to give again.
    let own = json!({ "credential": daemon.credential(Holder::Integration) });
    let given = daemon.as_admin(Method::PATCH, &format!("/integrations/{MAIN}"), Some(own)).await.expect(200);
    assert_eq!((given.text_at("/own_credential"), given.body["set_aside"]["user_pats"].as_u64()), ("usable", Some(0)));
    let as_the_integration = json!({ "name": "feature/y", "from": "main", "project": "ABC", "act_as": "integration" });
    ann.ask_for_branch(MAIN, widgets(server), &as_the_integration).await.expect(201);
    let back = leading_to(server, daemon.stand_in());
    let away = json!({ "network": leading_to(server, elsewhere), "credential": null });
    let taken = daemon.as_admin(Method::PATCH, &format!("/integrations/{MAIN}"), Some(away)).await.expect(200);
    assert_eq!((taken.text_at("/own_credential"), &taken.body["account"]), ("missing", &Value::Null));
    ann.ask_for_branch(MAIN, widgets(server), &as_the_integration).await.problem(403, "integration-account-missing");
    // As it was, for whoever goes on.
    let own = json!({ "network": back, "credential": daemon.credential(Holder::Integration) });
    daemon.as_admin(Method::PATCH, &format!("/integrations/{MAIN}"), Some(own)).await.expect(200);
    let away = json!({ "network": leading_to(server, elsewhere) });
    daemon.as_admin(Method::PATCH, &format!("/integrations/{MAIN}"), Some(away)).await.expect(200);
}

/// Somebody who can write to the database and has no key.
pub async fn by_a_row_edited<S: Server>(server: S) {
    let (daemon, elsewhere, [ann, bob]) = scene(server).await;
    let network = leading_to(server, &elsewhere);
    let database = Connection::open(daemon.database()).unwrap();
    // A revision of its own, so that nothing that was prepared for the old one is used again.
    let edit = "UPDATE integrations SET network = ?2, revision = revision + 1000 WHERE id = ?1";
    let with_defaults = json!({
        "allow_private": false,
        "allow_http": false,
        "ca_pem": network["ca_pem"],
        "connect_to": network["connect_to"],
    });
    assert_eq!(database.execute(edit, (MAIN, with_defaults.to_string())).unwrap(), 1);
    for user in [&ann, &bob] {
        nothing_is_lent(&daemon, &elsewhere, user).await;
    }
    // The integration's own credential neither, although its row says that it was given there.
    let pretend = "UPDATE integrations SET own_given_to = json_set(own_given_to, '$.connect_to', \
                   json_extract(network, '$.connect_to')) WHERE id = ?1";
    assert_eq!(database.execute(pretend, [MAIN]).unwrap(), 1);
    let as_the_integration = json!({ "name": "feature/y", "from": "main", "project": "ABC", "act_as": "integration" });
    let refused = ann.ask_for_branch(MAIN, widgets(server), &as_the_integration).await;
    refused.problem(500, "credential-unusable");
    assert_eq!(elsewhere.record().requests().len(), 0);
}
