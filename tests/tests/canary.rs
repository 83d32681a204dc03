//! P5: every operation of every kind, done and refused, with secrets of a known shape; then guests' memory, answers, the log at its
//! most talkative, metrics, the audit log and every file are searched for them, in every encoding.
//!
//! A program of its own: looking so closely takes longer than other tests should. A core file is not searched, for there is none: the
//! daemon's own tests see to that.

use std::sync::Arc;

use countersign_tests::canary::{Memories, Search, encodings, files_below};
use countersign_tests::daemon::{
    AzureServer, CodeCommitServer, Daemon, GitHubServer, GitLabServer, Holder, MAIN, Place, Server, User, at, leaks,
    provider_component,
};
use countersign_tests::standin::StandIn as _;
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::message::Answer;
use http::{Method, StatusCode};
use sandbox::{Engine, Limits, Registry};
use serde_json::{Value, json};

/// A daemon whose provider's memory is looked into.
async fn daemon<S: Server>(server: S, memories: &Arc<Memories>) -> Daemon<S> {
    let daemon = Daemon::start(server).await;
    let engine = Engine::with_memories_of(Limits::default(), memories.creator()).unwrap();
    let component = provider_component(server.provider());
    let (sha256, provider) = Registry::new(engine).load(component).await.unwrap();
    daemon.registry.insert(sha256, provider);
    daemon
}

/// Asks for everything there is. What becomes of it is for others to say.
async fn everything(user: &User, repository: &str, name: &str) {
    let below = |what: &str| at(&["integrations", MAIN, "repositories", repository]) + what;
    user.check_pat(MAIN).await;
    user.repositories(MAIN).await;
    user.get("/api/v1/integrations?project=ABC").await;
    user.get(&format!("/api/v1/repositories?project=ABC&integration={MAIN}&q=widgets")).await;
    user.get(&below("?project=ABC")).await;
    user.branches(MAIN, repository).await;
    user.get(&below("/branches?project=ABC&q=main")).await;
    user.get(&below("/comparison?project=ABC&source=develop&target=main")).await;
    user.create_branch(MAIN, repository, name, "main").await;
    user.create_branch(MAIN, repository, name, "main").await;
    user.create_branch(MAIN, repository, "no/such", "no/base").await;
    let reviewed = json!({ "title": "t", "source": "develop", "target": "main", "project": "ABC", "issue": "ABC-1",
                           "description": "Because.", "reviewers": ["bob", "nobody-at-all"] });
    user.ask_for_pull_request(MAIN, repository, &reviewed).await;
    user.ask_for_pull_request(MAIN, repository, &reviewed).await;
    user.delete_branch(MAIN, repository, name).await;
}

/// An answer that has a secret in every encoding, in its body and its headers.
fn echo(secret: &str, status: StatusCode) -> Vec<Fault> {
    let texts = encodings(secret).into_iter().filter_map(|(_, text)| String::from_utf8(text).ok());
    let bodies = texts.flat_map(|text| {
        [
            Answer::json(status, &json!({ "message": format!("said: {text}."), "typeKey": "X", "__type": text })),
            Answer::html(status, &format!("<html><title>{text}</title>{text}")),
        ]
    });
    bodies.map(Fault::Instead).collect()
}

async fn canary<S: Server>(server: S) {
    let search: &'static Search = leaks::look_closer();
    let memories = Memories::searched_by(search);
    let daemon = daemon(server, &memories).await;
    let (ann, eve) = (daemon.as_user("ann"), daemon.as_user("eve"));
    let widgets = server.repository(Place::Widgets).unwrap();
    // With the integration's own credential, then with one's own.
    everything(&eve, widgets, "feature/own").await;
    for holder in [Holder::AliceRevoked, Holder::AliceExpired, Holder::AliceReading, Holder::Alice] {
        if let Ok(credential) = server.credential(holder) {
            ann.save_credential(MAIN, &json!(credential)).await;
            everything(&ann, widgets, "feature/x").await;
        }
    }
    // With a git server that repeats what it is sent, as it is and as it can be written.
    for status in [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::INTERNAL_SERVER_ERROR] {
        daemon.stand_in().faults().always(When::any(), Fault::EchoAuthorization { status });
        everything(&ann, widgets, "feature/echo").await;
        daemon.stand_in().faults().clear();
    }
    let credential = server.credential(Holder::Alice).unwrap();
    for secret in credential.values().filter(|value| search.find(value.as_bytes()).is_some()) {
        for status in [StatusCode::OK, StatusCode::FORBIDDEN] {
            for fault in echo(secret, status) {
                daemon.stand_in().faults().always(When::any(), fault);
                ann.check_pat(MAIN).await;
                ann.create_branch(MAIN, widgets, "feature/echo", "main").await;
                daemon.stand_in().faults().clear();
            }
        }
    }
    for fault in [Fault::CloseBeforeActing, Fault::MalformedJson, Fault::EndlessBody] {
        daemon.stand_in().faults().always(When::new(Method::GET, |_| true), fault);
        ann.branches(MAIN, widgets).await;
        daemon.stand_in().faults().clear();
    }
    ann.save_credential(MAIN, &json!(credential)).await;
    ann.revoke_pat(MAIN).await;

    let audit: Vec<Value> = daemon.audit().await;
    assert!(audit.len() > 30, "{} entries", audit.len());
    assert_eq!(search.find(json!(audit).to_string().as_bytes()), None, "the audit log");
    let metrics = daemon.call(Method::GET, "/metrics").await.expect(200);
    assert_eq!(search.find(metrics.text.as_bytes()), None, "the metrics");
    let files = files_below(&daemon.data_dir());
    assert!(files.iter().any(|(name, _)| name.ends_with("-wal")), "with the write-ahead log");
    for (name, bytes) in files {
        assert_eq!(search.find(&bytes), None, "{name}");
    }
    assert_eq!(leaks::found_in_log(), Vec::<String>::new());
    let (found, many, bytes) = memories.seen();
    println!("{server:?}: {many} memories, {} MiB, {} entries", bytes >> 20, audit.len());
    assert_eq!(found, [], "in guests' memory");
    assert!(many > 100, "{many} memories");
}

/// What a guest does have is found.
#[tokio::test]
async fn p5_looking_into_guests_memory_finds_what_is_there() {
    static SEARCH: std::sync::LazyLock<Search> = std::sync::LazyLock::new(|| Search::of(["widgets"]));
    let memories = Memories::searched_by(&SEARCH);
    let daemon = daemon(GitHubServer::Cloud, &memories).await;
    daemon.as_user("eve").repositories(MAIN).await.expect(200);
    let (found, ..) = memories.seen();
    assert!(!found.is_empty());
}

macro_rules! canaries {
    ($($name:ident: $server:expr;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                canary($server).await;
            }
        )*
    };
}

canaries! {
    p5_github: GitHubServer::Cloud;
    p5_github_enterprise: GitHubServer::Enterprise;
    p5_gitlab: GitLabServer::Cloud;
    p5_gitlab_self_managed: GitLabServer::SelfManaged;
    p5_azure_devops: AzureServer::Services;
    p5_vsts: AzureServer::VisualStudio;
    p5_tfs: AzureServer::Server2022;
    p5_codecommit: CodeCommitServer;
}
