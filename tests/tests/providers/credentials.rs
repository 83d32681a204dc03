//! A credential at its saving and after: what is told of it, what is kept, and how it ends.

use countersign_tests::daemon::{Daemon, End, Holder, MAIN, Server, at};
use countersign_tests::standin::StandIn as _;
use countersign_tests::standin::faults::{Fault, When};
use http::Method;
use serde_json::{Value, json};
use url::Url;

use super::{or_reason, widgets, with};

pub async fn a_good_one_is_told_in_full_and_kept<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = daemon.as_user("ann");
    let saved = ann.save_credential(MAIN, &daemon.credential(Holder::Alice)).await.expect(200);
    assert_eq!(saved.text_at("/state"), "valid");
    assert_eq!(saved.text_at("/account/login"), server.account(Holder::Alice));
    let permissions = saved.body["permissions"].as_array().unwrap();
    assert!(!permissions.is_empty());
    for permission in permissions {
        assert!(!permission["name"].as_str().unwrap().is_empty());
        assert!(matches!(permission["state"].as_str(), Some("present" | "cannot-tell")), "{permission}");
    }
    let known = ann.pat(MAIN).await.expect(200);
    for member in ["state", "account", "permissions", "expiry"] {
        assert_eq!(known.body[member], saved.body[member], "{member}");
    }
}

pub async fn its_end_is_known_where_the_server_tells_it<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = daemon.as_user("ann");
    match server.traits().tells_expiry {
        Ok(()) => {
            let fields = daemon.credential(Holder::AliceUntil2031);
            let saved = ann.save_credential(MAIN, &fields).await.expect(200);
            assert!(saved.text_at("/expires_at").starts_with("2031-02-03"), "{}", saved.text);
        }
        // She enters it herself, and it counts.
        Err(_) => {
            let fields = daemon.credential(Holder::Alice);
            let body = json!({ "fields": fields, "project": "ABC", "expires_at": "2026-12-01" });
            let save = ann.call(Method::PUT, &at(&["integrations", MAIN, "pat"])).json(&body);
            let saved = save.await.expect(200);
            assert_eq!(saved.text_at("/state"), "expiring");
            assert!(saved.text_at("/expires_at").starts_with("2026-12-01"));
        }
    }
}

pub async fn one_the_server_refuses_is_not_kept<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = daemon.as_user("ann");
    for holder in [Holder::AliceExpired, Holder::AliceRevoked] {
        let refused = ann.save_credential(MAIN, &daemon.credential(holder)).await.problem(403, "user-pat-rejected");
        assert_eq!(refused.text_at("/whose"), "user");
        assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "missing", "{holder:?}");
    }
}

pub async fn one_of_another_account_is_told<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let saved = ann.save_credential(MAIN, &daemon.credential(Holder::Bob)).await.expect(200);
    assert_eq!(saved.text_at("/account/login"), server.account(Holder::Bob));
    assert_eq!(saved.text_at("/previous_account/login"), server.account(Holder::Alice));
    let log = daemon.audit().await;
    let entry = log.iter().rfind(|entry| entry["subject"] == "pat.save").unwrap();
    assert_eq!(entry["details"]["previous_account"]["login"], json!(server.account(Holder::Alice)));
}

pub async fn with_the_server_out_of_reach_it_is_kept_only_when_the_user_says_so<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = daemon.as_user("ann");
    daemon.stand_in().faults().always(When::any(), Fault::CloseBeforeActing);
    let fields = daemon.credential(Holder::Alice);
    ann.save_credential(MAIN, &fields).await.problem(502, "git-server-unavailable");
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "missing");
    let body = json!({ "fields": fields, "project": "ABC", "allow_unchecked": true });
    let saved = ann.call(Method::PUT, &at(&["integrations", MAIN, "pat"])).json(&body).await.expect(200);
    assert_eq!((saved.text_at("/state"), &saved.body["account"]), ("unchecked", &Value::Null));

    // Its first use checks it.
    daemon.stand_in().faults().clear();
    ann.create_branch(MAIN, widgets(server), "feature/x", "main").await.expect(201);
    let known = ann.pat(MAIN).await.expect(200);
    assert_eq!(known.text_at("/state"), "valid");
    assert_eq!(known.text_at("/account/login"), server.account(Holder::Alice));
}

/// Also where nobody could say at saving whose it is: at its first use the change is told and written down.
pub async fn one_of_another_account_is_told_when_it_is_checked_later<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Integration).await;
    daemon.stand_in().faults().always(When::any(), Fault::CloseBeforeActing);
    let body = json!({ "fields": daemon.credential(Holder::Alice), "project": "ABC", "allow_unchecked": true });
    ann.call(Method::PUT, &at(&["integrations", MAIN, "pat"])).json(&body).await.expect(200);
    daemon.stand_in().faults().clear();
    let made = ann.create_branch(MAIN, widgets(server), "feature/x", "main").await.expect(201);
    assert_eq!(made.text_at("/receipt/account/login"), server.account(Holder::Alice));
    assert_eq!(made.text_at("/receipt/expected_account/login"), server.account(Holder::Integration));
    let log = daemon.audit().await;
    let entry = log.iter().rfind(|entry| entry["subject"] == "pat.check").unwrap();
    assert_eq!(entry["details"]["previous_account"]["login"], json!(server.account(Holder::Integration)));
    let again = ann.create_branch(MAIN, widgets(server), "feature/y", "main").await.expect(201);
    assert_eq!(again.body["receipt"].get("expected_account"), None, "told once");
}

pub async fn expired_after_saving<S: Server>(server: S) {
    ended(server, End::Expired).await;
}

pub async fn revoked_after_saving<S: Server>(server: S) {
    ended(server, End::Revoked).await;
}

/// V1: found out once, with the reason, and from then on nothing is sent.
async fn ended<S: Server>(server: S, how: End) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    server.end(daemon.stand_in(), Holder::Alice, how);
    let refused = ann.create_branch(MAIN, widgets(server), "feature/x", "main").await;
    let refused = refused.problem(403, "user-pat-rejected");
    assert_eq!(refused.text_at("/whose"), "user");
    assert!(!refused.text_at("/setup_url").is_empty());
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "rejected");
    daemon.stand_in().record().clear();
    ann.create_branch(MAIN, widgets(server), "feature/x", "main").await.problem(403, "user-pat-rejected");
    ann.create_pull_request(MAIN, widgets(server), "develop").await.problem(403, "user-pat-rejected");
    assert!(daemon.stand_in().record().requests().is_empty(), "denied without a request");
    assert_eq!(daemon.unseals().await.1, 0);
}

pub async fn forgotten_by_the_server_too<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let path = format!("{}?project=ABC&revoke=true", at(&["integrations", MAIN, "pat"]));
    let removed = ann.call(Method::DELETE, &path).await.expect(200);
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "missing");
    match server.traits().revokes {
        Ok(()) => {
            assert_eq!(removed.body["revoked"], true, "{}", removed.text);
            let again = ann.save_credential(MAIN, &daemon.credential(Holder::Alice)).await;
            again.problem(403, "user-pat-rejected");
        }
        Err(_) => {
            assert_eq!(removed.body["revoked"], false);
            assert!(removed.text_at("/credential_page").starts_with("https://"), "{}", removed.text);
            ann.save_credential(MAIN, &daemon.credential(Holder::Alice)).await.expect(200);
        }
    }
}

pub async fn the_forms_for_one_are_filled_in<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = daemon.as_user("ann");
    let listed = ann.get("/api/v1/integrations?project=ABC").await.expect(200);
    let integration = &listed.body["integrations"][0];
    assert!(["pull request", "merge request"].contains(&listed.text_at("/integrations/0/pull_request_label")));
    let traits = server.traits();
    let offers = [("drafts", traits.drafts), ("reviewers", traits.reviewers), ("revocation", traits.revokes)];
    for (offer, is_had) in offers {
        assert_eq!(integration["offers"][offer], is_had.is_ok(), "{offer}");
    }
    let pages = integration["credential_pages"].as_array().unwrap();
    assert_eq!(integration["credential_page"], pages[0]["url"]);
    let addresses: Vec<&str> = pages.iter().map(|page| page["url"].as_str().unwrap()).collect();
    for address in &addresses {
        let opened = Url::parse(address).unwrap();
        assert!(opened.scheme() == "https" && opened.path().len() > 1, "{address}");
        assert!(!address.contains(['{', '}']), "when it ends is put in: {address}");
    }
    let fills = or_reason!(server, server.traits().fills_forms);
    assert_eq!(addresses.len(), fills.len(), "{addresses:?}");
    for (address, fills) in addresses.iter().zip(fills) {
        let (_, query) = address.split_once('?').expect("a form that is filled in");
        let pairs: Vec<&str> = query.split('&').collect();
        assert!(fills.iter().all(|filled| pairs.contains(filled)), "{address}");
    }
}
