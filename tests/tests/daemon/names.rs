//! A14: names pass byte for byte or are refused with the reason, and never lead to another repository or path.

use countersign_tests::daemon::{Daemon, GitHubServer, MAIN, WIDGETS};
use countersign_tests::standin::github::token;
use http::Method;
use serde_json::json;

#[tokio::test]
async fn a14_valid_branch_names_arrive_in_git_byte_for_byte() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    let longest = "x".repeat(244);
    let names = [
        "feature/ABC-1",
        "größe/ü",
        "\u{1f980}",
        "%2e%2e",
        "a%2Fb",
        "a#b",
        "a&b=c",
        "a+b",
        "a;b'c\"d",
        "$(x)`y`",
        "x\u{202e}y",
        "a@b",
        "{a}",
        "a|b>c<d",
        &longest,
    ];
    for name in names {
        ann.create_branch(MAIN, WIDGETS, name, "main").await.expect(201);
        let found = daemon.show_ref(WIDGETS, name);
        assert!(found.is_some(), "{name}");
        assert_eq!(found, daemon.show_ref(WIDGETS, "main"), "{name}");
        let listed = ann.branches(MAIN, WIDGETS).await.expect(200);
        let names = listed.body["branches"].as_array().unwrap();
        assert!(names.iter().any(|branch| branch["name"] == name), "{name}");
        ann.create_branch(MAIN, WIDGETS, "from-it", name).await.expect(201);
        ann.delete_branch(MAIN, WIDGETS, "from-it").await.expect(200);
        ann.delete_branch(MAIN, WIDGETS, name).await.expect(200);
        assert_eq!(daemon.show_ref(WIDGETS, name), None, "{name}");
    }
}

#[tokio::test]
async fn a14_invalid_branch_names_are_refused_with_the_reason_and_nothing_is_sent() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    let (too_long, huge, commit) = ("x".repeat(245), "x".repeat(200_000), "a".repeat(40));
    for (name, reason) in [
        ("", "empty"),
        ("a b", "a space"),
        ("a..b", "`..`"),
        ("..", "`..`"),
        ("a@{1}", "`@{`"),
        ("a.lock", "`.lock`"),
        ("-x", "`-`"),
        ("/x", "`/`"),
        ("x/", "`/`"),
        ("a\\b", "`\\`"),
        ("a:b", "`:`"),
        ("a?b", "`?`"),
        ("HEAD", "HEAD"),
        ("a\r\nX-Evil: 1", "control characters"),
        ("a\0b", "control characters"),
        ("\u{1b}[31mred", "control characters"),
        ("refs/heads/x", "refs/heads/"),
        (&too_long, "244 bytes"),
        (&huge, "244 bytes"),
        (&commit, "commit id"),
    ] {
        let refused = ann.create_branch(MAIN, WIDGETS, name, "main").await.problem(422, "invalid");
        assert!(refused.text_at("/errors/0/message").contains(reason), "{}", refused.text);
        assert_eq!(refused.text_at("/errors/0/field"), "name");
        assert!(refused.text.len() < 2000, "the name is not repeated at length");
    }
    assert_eq!(daemon.stand_in.record.requests().len(), 0);
}

#[tokio::test]
async fn a14_no_repository_name_leads_to_another_repository_or_path() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    daemon.stand_in.record.clear();
    for repository in [
        "..",
        "%2e%2e",
        "acme/..",
        "acme/../alice/dotfiles",
        "acme/%2e%2e",
        "a/b/c",
        "acme/widgets/",
        "acme/widgets/../attic",
        "acme/widgets?x=y",
        "acme/widgets#x",
        "acme\\widgets",
        "acme/widgets\r\nX-Evil: 1",
        "acme/widgets\0",
        "\u{1b}[31m/x",
        "https://evil.example/x",
        "//evil.example/x",
        "@evil.example/x",
        "acme/\u{202e}stegdiw",
    ] {
        let branch = ann.create_branch(MAIN, repository, "feature/x", "main").await;
        assert!(matches!(branch.status, 404 | 422), "{repository:?}: {}", branch.text);
        let pull = ann.create_pull_request(MAIN, repository, "develop").await;
        assert!(matches!(pull.status, 404 | 422), "{repository:?}: {}", pull.text);
        let listed = ann.branches(MAIN, repository).await;
        assert!(matches!(listed.status, 404 | 422), "{repository:?}: {}", listed.text);
    }
    assert_eq!(daemon.stand_in.record.requests().len(), 0, "nothing was sent anywhere");
}

#[tokio::test]
async fn a14_titles_and_descriptions_arrive_as_they_are_or_are_refused() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    let path = countersign_tests::daemon::at(&["integrations", MAIN, "repositories", WIDGETS, "pull-requests"]);
    let body = |title: &str, description: &str| json!({ "title": title, "description": description, "source": "develop", "target": "main", "project": "ABC" });
    for title in ["", "a\nb", "a\0b", "\u{1b}[31m", &"x".repeat(100_000)] {
        ann.post(&path, &body(title, "")).await.problem(422, "invalid");
    }
    ann.post(&path, &body("t", "nul\0")).await.problem(422, "invalid");
    assert_eq!(daemon.stand_in.record.requests().len(), 0);
    let (title, description) = ("\u{202e}evil <script> \u{1f980}", "line one\r\nline two\n\n<img src=x> `..` @{u}");
    ann.post(&path, &body(title, description)).await.expect(201);
    let made = &daemon.stand_in.pull_requests(WIDGETS)[0];
    assert_eq!((made.title.as_str(), made.body.as_deref()), (title, Some(description)));
    let posts = daemon.stand_in.record.matching(&Method::POST, "/pulls");
    assert_eq!(posts[0].request.headers.get("x-evil"), None);
}
