//! What only Azure DevOps says: a sign-in page in place of a 401, and a refusal inside a success (V5, V6).

use countersign_tests::daemon::{AzureServer, Daemon, Holder, MAIN, Server};
use countersign_tests::standin::azure_devops::faults;
use countersign_tests::standin::faults::When;
use http::Method;

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
