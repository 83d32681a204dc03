//! What only Azure DevOps says: a sign-in page in place of a 401, and a refusal inside a success (V5, V6).

use countersign_tests::daemon::{AzureServer, Daemon, Holder, MAIN, Server, at};
use countersign_tests::standin::azure_devops::faults;
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::message::Answer;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{widgets, with};

const SERVERS: [AzureServer; 3] = [AzureServer::Services, AzureServer::VisualStudio, AzureServer::Server2022];

#[tokio::test]
async fn v5_a_sign_in_page_or_the_way_to_it_is_a_rejected_pat() {
    for server in SERVERS {
        let origin = format!("https://{}", server.hosts()[0]);
        for page in [faults::sign_in_page(), faults::sign_in_redirect(&origin)] {
            let daemon = Daemon::start(server).await;
            let ann = with(&daemon, Holder::Alice).await;
            daemon.stand_in.faults.always(When::any(), page);
            let refused = ann.create_branch(MAIN, widgets(server), "feature/x", "main").await;
            let refused = refused.problem(403, "user-pat-rejected");
            assert!(!refused.text_at("/setup_url").is_empty());
            assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "rejected");
            daemon.stand_in.faults.clear();
            assert_eq!(daemon.show_ref("Platform/widgets", "feature/x"), None);
        }
    }
}

#[tokio::test]
async fn v5_a_sign_in_page_to_a_change_alone_blames_nothing_that_the_server_takes_back() {
    for server in SERVERS {
        let origin = format!("https://{}", server.hosts()[0]);
        for page in [faults::sign_in_page(), faults::sign_in_redirect(&origin)] {
            let daemon = Daemon::start(server).await;
            let ann = with(&daemon, Holder::Alice).await;
            daemon.stand_in.faults.once(When::ends_with(Method::POST, "/refs"), page);
            let refused = ann.create_branch(MAIN, widgets(server), "feature/x", "main").await;
            let refused = refused.problem(502, "unexpected-reply");
            let detail = refused.text_at("/detail");
            assert!(
                detail.contains("although the git server knows whose it is: The server asks to sign in"),
                "{detail}"
            );
            assert!(!detail.contains("wrong, expired or revoked"), "{detail}");
            assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "valid");
        }
    }
}

#[tokio::test]
async fn v5_a_sign_in_page_at_saving_is_a_rejected_pat_too() {
    let daemon = Daemon::start(AzureServer::Services).await;
    daemon.stand_in.faults.always(When::any(), faults::sign_in_page());
    let ann = daemon.as_user("ann");
    ann.save_credential(MAIN, &daemon.credential(Holder::Alice)).await.problem(403, "user-pat-rejected");
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "missing");
}

#[tokio::test]
async fn v6_a_200_whose_body_says_that_the_update_failed_is_the_failure_it_names() {
    for server in SERVERS {
        let daemon = Daemon::start(server).await;
        let ann = with(&daemon, Holder::Alice).await;
        // Protected, in the way, at another commit: each of them is answered 200.
        ann.create_branch(MAIN, widgets(server), "release/1", "main").await.problem(403, "protected");
        ann.create_branch(MAIN, widgets(server), "develop", "main").await.problem(409, "already-exists");
        ann.create_branch(MAIN, widgets(server), "develop/x", "main").await.problem(409, "already-exists");
        let answered = daemon.stand_in.record.matching(&Method::POST, "/refs");
        assert_eq!(answered.len(), 3);
        assert!(answered.iter().all(|recorded| recorded.answer.as_ref().is_some_and(|answer| answer.status == 200)));
        for name in ["release/1", "develop/x"] {
            assert_eq!(daemon.show_ref("Platform/widgets", name), None, "{name}");
        }
    }
}

#[tokio::test]
async fn a_success_that_asks_to_wait_is_a_success() {
    let daemon = Daemon::start(AzureServer::Services).await;
    let ann = with(&daemon, Holder::Alice).await;
    daemon.stand_in.faults.always(When::any(), faults::throttled_yet_answered(17, 1_795_338_017));
    ann.create_branch(MAIN, widgets(AzureServer::Services), "feature/x", "main").await.expect(201);
    daemon.stand_in.faults.clear();
}

/// The version is agreed when a credential is checked, and a misfit is the administrator's to mend, by name of the setting.
#[tokio::test]
async fn a_version_the_server_is_too_old_for_is_a_setting_that_does_not_fit() {
    let daemon = Daemon::start(AzureServer::Tfs2018).await;
    let newer = serde_json::json!({ "settings": {
        "collection_url": "https://tfs.example.com/tfs/DefaultCollection", "version": "2022",
    } });
    let path = format!("/integrations/{MAIN}");
    let own =
        serde_json::json!({ "settings": newer["settings"], "credential": daemon.credential(Holder::Integration) });
    let refused = daemon.as_admin(Method::PATCH, &path, Some(own)).await.problem(422, "invalid");
    assert_eq!(refused.text_at("/errors/0/field"), "version", "{}", refused.text);
    assert!(refused.text_at("/errors/0/message").contains("2018"), "{}", refused.text);

    // Changed without a credential it is not noticed; a user then is told whose it is to mend.
    daemon.as_admin(Method::PATCH, &path, Some(newer)).await.expect(200);
    let ann = daemon.as_user("ann");
    let refused = ann.save_credential(MAIN, &daemon.credential(Holder::Alice)).await;
    let refused = refused.problem(502, "integration-misconfigured");
    assert!(refused.text_at("/detail").contains("administrator"), "{}", refused.text);
}

/// Former names lead nowhere, and the ids that the list gives survive.
#[tokio::test]
async fn a_repository_keeps_its_id_when_it_is_renamed() {
    let daemon = Daemon::start(AzureServer::Services).await;
    let ann = with(&daemon, Holder::Alice).await;
    let listed = ann.get("/api/v1/repositories?project=ABC&integration=main&q=widgets").await.expect(200);
    let id = listed.text_at("/repositories/0/id").to_owned();
    daemon.stand_in.change(|world| world.repository_mut("Platform/widgets").name = "gizmos".to_owned());
    ann.create_branch(MAIN, &id, "feature/x", "main").await.expect(201);
    assert!(daemon.show_ref("Platform/gizmos", "feature/x").is_some());
    let gone = ann.create_branch(MAIN, "Platform/widgets", "feature/y", "main").await;
    gone.problem(404, "not-found-or-no-access");
}

/// As many as an answer of this server has at once, which has no pages of them: 20 MB of repositories, and of branches where it
/// is old.
const MANY: usize = 20_000;

#[tokio::test]
async fn v12_twenty_thousand_repositories_are_listed_and_searched() {
    let origin = "https://dev.azure.com/acme";
    let project = "d350c9c0-7749-4ff8-a78f-f9c1f0e56729";
    let repository = |number: usize| {
        let (id, name) = (format!("91f0d4cb-4c36-49a5-b28d-{number:012}"), format!("service-{number:05}"));
        let api = format!("{origin}/{project}/_apis/git/repositories/{id}");
        json!({
            "id": id, "name": name, "url": api, "defaultBranch": "refs/heads/main", "size": 1602, "isDisabled": false,
            "project": {
                "id": project, "name": "Platform", "state": "wellFormed", "revision": 11, "visibility": "private",
                "description": "What everything else is built on, müde and wach.",
                "url": format!("{origin}/_apis/projects/{project}"), "lastUpdateTime": "2022-02-24T15:31:27.89Z",
            },
            "remoteUrl": format!("https://acme@dev.azure.com/acme/Platform/_git/{name}"),
            "sshUrl": format!("git@ssh.dev.azure.com:v3/acme/Platform/{name}"), "isInMaintenance": false,
            "webUrl": format!("{origin}/Platform/_git/{name}"),
            "_links": {"self": {"href": api}, "web": {"href": format!("{origin}/Platform/_git/{name}")}},
        })
    };
    let all: Vec<Value> = (0..MANY).map(repository).collect();
    let answer = Answer::json(StatusCode::OK, &json!({ "value": all, "count": MANY }));
    assert!(answer.body.len() > 19_000_000, "{}", answer.body.len());

    let daemon = Daemon::start(AzureServer::Services).await;
    let ann = with(&daemon, Holder::Alice).await;
    daemon.stand_in.faults.always(When::ends_with(Method::GET, "/_apis/git/repositories"), Fault::Instead(answer));
    let list = |query: &str| format!("/api/v1/repositories?project=ABC&integration=main&limit=100{query}");
    let first = ann.get(&list("")).await.expect(200);
    assert_eq!(first.body["repositories"].as_array().unwrap().len(), 100);
    let second = ann.get(&list(&format!("&cursor={}", first.text_at("/next_cursor")))).await.expect(200);
    assert_eq!(second.text_at("/repositories/0/name"), "Platform/service-00100");
    let found = ann.get(&list("&q=ICE-1999")).await.expect(200);
    assert_eq!(found.body["repositories"].as_array().unwrap().len(), 10, "{}", found.text);
    assert_eq!(found.text_at("/repositories/9/name"), "Platform/service-19999");
    daemon.stand_in.faults.clear();
}

#[tokio::test]
async fn v12_twenty_thousand_branches_of_an_old_server_are_listed_and_searched() {
    let reference = |number: usize| {
        let name = format!("refs/heads/feature/ABC-{number:05}");
        let creator = json!({
            "displayName": "Ann Example", "id": "d6245f20-2af8-44f4-9451-8107cb2767db", "uniqueName": "EXAMPLE\\ann",
            "url": "https://tfs.example.com/tfs/DefaultCollection/_apis/Identities/d6245f20-2af8-44f4-9451-8107cb2767db",
            "imageUrl": "https://tfs.example.com/tfs/DefaultCollection/_api/_common/identityImage?id=d6245f20",
        });
        json!({
            "name": name, "objectId": format!("{number:040x}"), "creator": creator,
            "url": format!("https://tfs.example.com/tfs/DefaultCollection/_apis/git/repositories/x/refs?filter={name}"),
        })
    };
    let all: Vec<Value> = (0..MANY).map(reference).collect();
    let answer = Answer::json(StatusCode::OK, &json!({ "value": all, "count": MANY }));

    let server = AzureServer::Tfs2018;
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    daemon.stand_in.faults.always(When::ends_with(Method::GET, "/refs"), Fault::Instead(answer));
    let branches = at(&["integrations", MAIN, "repositories", widgets(server), "branches"]);
    let first = ann.get(&format!("{branches}?project=ABC&limit=100")).await.expect(200);
    assert_eq!(first.body["branches"].as_array().unwrap().len(), 100);
    let found = ann.get(&format!("{branches}?project=ABC&q=abc-1999")).await.expect(200);
    assert_eq!(found.body["branches"].as_array().unwrap().len(), 10, "{}", found.text);
    daemon.stand_in.faults.clear();
}
