//! Texts from elsewhere stay texts, and no page brings or allows a script but ours.

use crate::world::{Answer, SENT_PAT, World, create_branch, identity, set_up};
use model::{CredentialPage, Failure, FailureReason, PageContext, PageName, Permission, PermissionState, Snippet};

const SCRIPT: &str = "</p>\"'><script>alert(1)</script><img src=x onerror=alert(1)>";

#[track_caller]
fn expect_harmless(answer: &Answer) {
    let body = without_ours(&answer.body);
    for tag in ["<script", "<img", "<style", "<iframe", "<base", "<svg", " style=", "\"'&gt;"] {
        assert!(!body.contains(tag), "{tag} in {body}");
    }
    let policy = answer.header("content-security-policy");
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    let allowed = policy.split("; ").filter(|part| !part.starts_with("frame-ancestors "));
    let (ours, of_all): (Vec<_>, Vec<_>) =
        allowed.partition(|part| part.starts_with("script-") || part.starts_with("connect-"));
    assert!(ours.is_empty() || ours == ["script-src 'self'", "connect-src 'self'"], "{policy}");
    assert_eq!(of_all, ["default-src 'none'", "style-src 'self'", "form-action 'self'", "base-uri 'none'"]);
}

/// A page without the one script there is, which it names in its head.
fn without_ours(body: &str) -> String {
    let Some((head, rest)) = body.split_once("<script type=\"module\" src=\"/sub/ui/pages-") else {
        return body.to_owned();
    };
    let (digest, rest) = rest.split_once(".js\"></script></head>").expect("our script is the last of the head");
    assert!(digest.len() == 16 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{digest}");
    format!("{head}{rest}")
}

async fn world_of_scripts() -> World {
    World::with(|integration, kind| {
        integration.name = model::DisplayName::parse(SCRIPT).unwrap();
        let page = || CredentialPage { label: SCRIPT.into(), url: format!("javascript:alert(1)//{SCRIPT}") };
        integration.connection.credential_pages = vec![page(), page()];
        integration.connection.grant = Some(Snippet { label: SCRIPT.into(), text: SCRIPT.into() });
        kind.label = SCRIPT.into();
        kind.credential_help = SCRIPT.into();
        for field in &mut kind.credential {
            (field.label, field.help, field.example) = (SCRIPT.into(), SCRIPT.into(), SCRIPT.into());
        }
        for permission in &mut kind.permissions {
            (permission.name, permission.needed_for) = (SCRIPT.into(), SCRIPT.into());
        }
    })
    .await
}

#[tokio::test]
async fn u4_script_in_any_text_is_shown_as_text() {
    let world = world_of_scripts().await;
    let escaped = "&lt;script&gt;alert(1)&lt;/script&gt;";
    let page = world.get(&world.link(SCRIPT).await).await;
    expect_harmless(page.expect(200, &[escaped]).lacks(&["href=\"javascript:"]));

    world.provider.answers(Err(Failure {
        help_url: Some("javascript:alert(1)".into()),
        ..Failure::new(FailureReason::PermissionMissing(SCRIPT.into()), SCRIPT)
    }));
    let sent = format!("user={}&token={SENT_PAT}", "%22%3E%3Cscript%3E");
    let refused = world.post(&world.link("ann").await, &sent).await;
    expect_harmless(refused.expect(422, &[escaped]).lacks(&["href=\"javascript:", "%22%3E", "&quot;&gt;&lt;script"]));

    let mut identity = identity(SCRIPT);
    let state = PermissionState::Absent;
    identity.permissions = vec![Permission { name: SCRIPT.into(), state }];
    world.provider.answers(Ok(identity));
    let saved = world.post_and_see(refused.action(), &sent).await;
    expect_harmless(saved.expect(200, &[escaped]));
    let again = world.get(&world.link("ann").await).await;
    expect_harmless(again.expect(200, &[", saved <time", escaped]));
}

#[tokio::test]
async fn u4_u5_every_answer_forbids_scripts_framing_and_telling_where_it_came_from() {
    let world = World::new().await;
    let (link, path) = (world.page_link("ann", set_up()).await, world.link("ann").await);
    let answers = [
        world.get(&link).await,
        world.get("/open/unknown").await,
        world.post(&path, "nonsense").await,
        world.send(http::Method::PUT, &path, &[], "").await,
        world.get("/ui/unknown").await,
    ];
    for answer in answers {
        expect_harmless(&answer);
        assert_eq!(answer.header("referrer-policy"), "strict-origin");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
    }
}

#[tokio::test]
async fn u4_a_page_loads_nothing_but_our_stylesheet_and_our_script() {
    let world = World::new().await;
    let page = world.get(&world.link("ann").await).await;
    let loaded: Vec<&str> = page.body.split("<link ").skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
    let style = loaded[0].strip_prefix("rel=\"stylesheet\" href=\"/sub").and_then(|rest| rest.strip_suffix('"'));
    assert_eq!(loaded.len(), 1);
    let script = page.body.split_once("<script type=\"module\" src=\"/sub").unwrap().1.split('"').next().unwrap();
    assert!(!without_ours(&page.body).contains(" src="));
    for (path, content_type) in
        [(style.unwrap(), "text/css; charset=utf-8"), (script, "text/javascript; charset=utf-8")]
    {
        let asset = world.get(path).await;
        asset.expect(200, &[]).lacks(&["url(", "@import", "https://", "http://", "eval("]);
        assert_eq!(asset.header("content-type"), content_type);
        assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
    }
    world.get(style.unwrap()).await.expect(200, &["color-scheme: light dark"]);
}

#[tokio::test]
async fn u4_script_in_what_git_servers_and_jira_say_is_shown_as_text_in_the_dialogs() {
    let world = World::with(|integration, _| integration.name = model::DisplayName::parse(SCRIPT).unwrap()).await;
    let sent = format!("user=ann&token={SENT_PAT}");
    world.provider.knows(SCRIPT);
    world.post_and_see(&world.link("ann").await, &sent).await.expect(200, &[]);
    world.provider.holds(SCRIPT);
    let mut context = create_branch("ABC-1");
    if let Some(issue) = &mut context.issue {
        (issue.summary, issue.issue_type) = (Some(SCRIPT.into()), Some(SCRIPT.into()));
    }
    let link = world.page_link("ann", context.clone()).await;
    expect_harmless(&world.get(&link).await);
    let path = world.begun(&link).await;
    let escaped = "&lt;script&gt;alert(1)&lt;/script&gt;";
    for page in ["", "?find=x", "?part=results&find=x", "?find=%3Cscript%3Ealert(1)%3C/script%3E"] {
        expect_harmless(world.get(&format!("{path}{page}")).await.expect(200, &[escaped]));
    }
    world.post(&path, "repository=acme+octo-org/hello").await.expect(303, &[]);
    expect_harmless(world.get(&path).await.expect(200, &[escaped, "Base branch"]));
    let form = "attempt=1&act-as=user&repository=acme+octo-org/hello&from=main&name=%22%3E%3Cscript%3E..";
    expect_harmless(world.post(&path, form).await.expect(422, &["value=\"&quot;&gt;&lt;script&gt;..\""]));
    for page in [PageName::Repositories, PageName::Tokens] {
        let path = world.begun(&world.page_link("ann", PageContext { page, ..context.clone() }).await).await;
        expect_harmless(world.get(&path).await.expect(200, &[escaped]));
    }
}
