//! The stand-in says what Azure DevOps was recorded and reported to say: status, key, message, result, and the headers that tell
//! cases apart.
//!
//! Every recorded failure, those inside a 200 too, is either played here or listed with the reason why not; a new recording fails
//! the test until it is one of both.

use countersign_tests::standin::azure_devops::{AzureDevOps, faults, token};
use countersign_tests::standin::conformance::{read_json, spec_file};
use countersign_tests::standin::faults::When;
use http::Method;
use serde_json::{Value, json};

use crate::azure_devops_client::{WIDGETS, ZEROS, call, get, key, post, pull, tip, usual};
use crate::client::{Reply, http, send};

/// Failures of operations the stand-in does not speak.
const NOT_PLAYED: &[(&str, &str)] = &[
    ("other-401-", "settings and builds are not spoken; the empty 401 is that of a scope that is missing"),
    ("other-404-wiki", "wikis are not spoken"),
    ("other-404-workitem", "work items are not spoken; the same refusal is played for repositories"),
];

const REFS: &str = "/Platform/_apis/git/repositories/widgets/refs";

async fn change(azure: &AzureDevOps, token: &str, name: &str, old: &str, new: &str) -> Reply {
    let body = json!([{ "name": name, "oldObjectId": old, "newObjectId": new }]);
    call(azure, Method::POST, REFS, Some(token), Some(body)).await
}

/// The same case on the stand-in; none when it is not played.
async fn play(case: &str) -> Option<Reply> {
    let azure = usual().await;
    let main = tip(&azure, "main");
    let repositories = format!("{}/_apis/git/repositories?api-version=7.1", azure.url());
    let gone = "994b4ee248ede8b1d046da3dfd729af05410429c";
    Some(match case.rsplit_once('-').map_or(case, |(name, _)| name) {
        "connection_data-401-token-expired" => {
            let path = "/_apis/connectionData?api-version=7.1-preview";
            call(&azure, Method::GET, path, Some(token::ALICE_EXPIRED), None).await
        }
        "create_branch-200-already-exists" => change(&azure, token::ALICE, "refs/heads/develop", ZEROS, &main).await,
        "create_branch-200-base-missing" => {
            change(&azure, token::ALICE, "refs/heads/feature", ZEROS, &"d".repeat(40)).await
        }
        "create_branch-200-invalid-name" => change(&azure, token::ALICE, "refs/heads/bad..name", ZEROS, &main).await,
        "create_pull_request-409-already-exists" => {
            post(&azure, &format!("{WIDGETS}/pullrequests"), pull("develop", "main")).await;
            post(&azure, &format!("{WIDGETS}/pullrequests"), pull("develop", "main")).await
        }
        "delete_branch-200-permission" => change(&azure, token::BOB, "refs/heads/main", &main, ZEROS).await,
        "delete_branch-200-stale" => change(&azure, token::ALICE, "refs/heads/main", gone, ZEROS).await,
        "get_branch-200-ref-createdeleteflow" => get(&azure, &format!("{REFS}?filter=heads%2Funknownbranchname")).await,
        "get_project-404-project-not-found" => {
            get(&azure, "/_apis/projects/8634ba98-f13c-46c4-a30c-eedc6dbeb32b").await
        }
        "get_repository-404-not-found" => get(&azure, "/Platform/_apis/git/repositories/WebApp").await,
        "list_repositories-203-signin-page" => send(http().get(repositories).basic_auth("", Some("nobody's"))).await,
        "list_repositories-302-signin-redirect" => send(http().get(repositories)).await,
        "list_repositories-401-anonymous" => call(&azure, Method::GET, "/_apis/git/repositories", None, None).await,
        "list_repositories-401-tfs-iis-401" => {
            let tfs = AzureDevOps::server("2017", "tfs", "DefaultCollection").usual().start().await.unwrap();
            call(&tfs, Method::GET, "/_apis/git/repositories?api-version=3.0", Some("nobody's"), None).await
        }
        "list_repositories-404-project-not-found" => get(&azure, "/Foo/_apis/git/repositories").await,
        "list_repositories-429-rate-limited" => {
            azure.faults.once(When::any(), faults::blocked(5, 1_700_000_000));
            get(&azure, "/_apis/git/repositories").await
        }
        "update_refs-401-unauthorized" => {
            let url = format!("{}{REFS}?filter=heads/main&api-version=7.1", azure.url());
            send(http().patch(url).bearer_auth(token::ALICE_EXPIRED).json(&json!({ "isLocked": true }))).await
        }
        _ => return None,
    })
}

/// What differs, one line each.
fn differences(response: &Value, reply: &Reply) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, theirs: Option<&str>, ours: Option<&str>| {
        if theirs.is_some() && theirs != ours {
            found.push(format!("{what}: recorded {theirs:?}, stand-in {ours:?}"));
        }
    };
    compare("status", Some(&response["status"].to_string()), Some(&reply.status.to_string()));
    let (theirs, ours) = (&response["body"], &reply.body);
    compare("key", theirs["typeKey"].as_str(), Some(key(reply)));
    for member in ["message", "typeName"] {
        compare(member, theirs[member].as_str(), ours[member].as_str());
    }
    compare(
        "custom properties",
        text(&theirs["customProperties"]).as_deref(),
        text(&ours["customProperties"]).as_deref(),
    );
    compare("count", text(&theirs["count"]).as_deref(), text(&ours["count"]).as_deref());
    let (theirs, ours) = (&theirs["value"][0], &ours["value"][0]);
    compare("result", theirs["updateStatus"].as_str(), ours["updateStatus"].as_str());
    compare("success", text(&theirs["success"]).as_deref(), text(&ours["success"]).as_deref());
    // Whose permission it is is the scene's.
    let message =
        theirs["customMessage"].as_str().map(|text| text.replace("identity 'user'", "identity 'bob@example.com'"));
    compare("custom message", message.as_deref(), ours["customMessage"].as_str());

    let page = |text: &str| text.split_whitespace().collect::<String>();
    let title = |text: &str| Some(text.split_once("<title>")?.1.split_once("</title>")?.0.trim().to_owned());
    let is_redirect = response["status"] == 302;
    let recorded = response["body_text"].as_str();
    compare("title", recorded.and_then(title).as_deref(), title(&reply.text).as_deref());
    let recorded = recorded.filter(|_| !is_redirect).map(page);
    compare("page", recorded.as_deref(), Some(&page(&reply.text)));

    let headers = &response["headers"];
    for name in ["retry-after", "x-tfs-serviceerror"] {
        compare(name, headers[name].as_str(), reply.header(name));
    }
    let media = |text: &str| text.split(';').next().unwrap_or_default().to_owned();
    compare(
        "media",
        headers["content-type"].as_str().map(media).as_deref(),
        reply.header("content-type").map(media).as_deref(),
    );
    let schemes = |text: &str| {
        text.split(", ").map(|one| one.split(' ').next().unwrap_or_default()).collect::<Vec<_>>().join(" ")
    };
    let challenge = headers["www-authenticate"].as_str().map(schemes);
    compare("challenge", challenge.as_deref(), reply.header("www-authenticate").map(schemes).as_deref());
    for (name, _) in headers.as_object().into_iter().flatten().filter(|(name, _)| name.starts_with("x-ratelimit-")) {
        compare(name, headers[name].as_str(), reply.header(name));
    }
    let sign_in = |location: &str| location.split('?').next().unwrap_or_default().to_owned();
    let location = headers["location"].as_str().map(sign_in);
    compare("location", location.as_deref(), reply.header("location").map(sign_in).as_deref());
    found
}

fn text(value: &Value) -> Option<String> {
    (!value.is_null()).then(|| value.to_string())
}

#[tokio::test]
async fn every_recorded_failure_is_answered_the_same_or_listed() {
    let Some(index) = spec_file("open/index.json") else {
        return;
    };
    let mut found = Vec::new();
    let mut played = 0;
    for entry in read_json(&index).unwrap().as_array().unwrap() {
        if entry["provider"] != "azure-devops" || entry["outcome"] == "success" {
            continue;
        }
        let file = entry["file"].as_str().unwrap();
        let name = file.trim_start_matches("azure-devops/").trim_end_matches(".json");
        if NOT_PLAYED.iter().any(|(start, _)| name.starts_with(start)) {
            continue;
        }
        let Some(reply) = play(name).await else {
            found.push(format!("{name}: neither played nor listed"));
            continue;
        };
        played += 1;
        let case = read_json(&index.with_file_name(file)).unwrap();
        found.extend(differences(&case["response"], &reply).into_iter().map(|line| format!("{name}: {line}")));
    }
    println!("{played} recorded failures played");
    assert!(found.is_empty(), "{found:#?}");
    assert!(played >= 17, "only {played}");
}
