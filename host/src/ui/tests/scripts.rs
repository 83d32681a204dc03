//! Texts from elsewhere stay texts, and no page brings or allows a script.

use crate::world::{Answer, SENT_PAT, World, identity};
use model::{CredentialPage, Failure, FailureReason, Permission, PermissionState, Snippet};

const SCRIPT: &str = "</p>\"'><script>alert(1)</script><img src=x onerror=alert(1)>";

#[track_caller]
fn expect_harmless(answer: &Answer) {
    for tag in ["<script", "<img", "<style", "<iframe", "<base", "<svg", " style=", " onerror=alert(1)&gt;\">"] {
        assert!(!answer.body.contains(tag), "{tag} in {}", answer.body);
    }
    assert_eq!(
        answer.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
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
    expect_harmless(
        refused.expect(422, &[escaped, "value=\"&quot;&gt;&lt;script&gt;\""]).lacks(&["href=\"javascript:"]),
    );

    let mut identity = identity(SCRIPT);
    let state = PermissionState::Absent;
    identity.permissions = vec![Permission { name: SCRIPT.into(), state }];
    world.provider.answers(Ok(identity));
    let saved = world.post(refused.action(), &sent).await;
    expect_harmless(saved.expect(200, &[escaped]));
    let again = world.get(&world.link("ann").await).await;
    expect_harmless(again.expect(200, &["Already saved", escaped]));
}

#[tokio::test]
async fn u4_u5_every_answer_forbids_scripts_framing_and_telling_where_it_came_from() {
    let world = World::new().await;
    let link = world.link("ann").await;
    let answers = [
        world.get(&link).await,
        world.get("/setup/unknown").await,
        world.post(&link, "nonsense").await,
        world.send(http::Method::PUT, &link, &[], "").await,
        world.get("/ui/style.css").await,
    ];
    for answer in answers {
        expect_harmless(&answer);
        assert_eq!(answer.header("referrer-policy"), "strict-origin");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
    }
}

#[tokio::test]
async fn u4_a_page_loads_nothing_but_our_stylesheet() {
    let world = World::new().await;
    let page = world.get(&world.link("ann").await).await;
    let loaded: Vec<&str> = page.body.split("<link ").skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
    assert_eq!(loaded, ["rel=\"stylesheet\" href=\"../ui/style.css\""]);
    page.lacks(&[" src="]);
    let style = world.get("/ui/style.css").await;
    style.expect(200, &["color-scheme: light dark"]).lacks(&["url(", "@import"]);
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
}
