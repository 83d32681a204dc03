//! What the page shows, and what becomes of what is filled in.

use http::Method;

use crate::world::{SENT_PAT, World, identity};
use model::{CredentialPage, Expiry, FailureReason, FieldError, Identity, Snippet, Timestamp, UserCredentials, Wait};

fn with(extra: &str) -> String {
    format!("user=ann&token={SENT_PAT}{extra}")
}

#[tokio::test]
async fn u3_the_page_names_the_jira_user_and_what_is_asked_for() {
    let world = World::new().await;
    let page = world.get(&world.link("JIRAUSER10101").await).await;
    page.expect(
        200,
        &[
            "You are saving this for Jira user <strong><bdi>JIRAUSER10101</bdi></strong>. If that is not you, close this page.",
            "Personal access token for Acme Inc.",
            "<bdi>Git Server</bdi>",
            "Make a token under Settings",
            "href=\"https://git.example.com/tokens/new?until=2027-02-20\" target=\"_blank\" rel=\"noreferrer noopener\"",
            "<bdi>branches: write</bdi></strong>: <bdi>create and delete branches</bdi>",
            "<label for=\"field-user\">",
            "<input id=\"field-user\" name=\"user\" type=\"text\" value=\"\" required",
            "<select id=\"field-realm\" name=\"realm\"",
            "<option value=\"west\">west</option>",
            "<input id=\"field-token\" name=\"token\" type=\"password\" required",
            "aria-describedby=\"field-token-help\"",
            "type=\"date\" value=\"\" min=\"2026-11-23\"",
            "<html lang=\"en\">",
            "width=device-width",
        ],
    );
    page.lacks(&["Already saved", "role=\"alert\"", "type=\"checkbox\"", "aria-invalid"]);
}

#[tokio::test]
async fn u3_the_saved_account_is_shown_to_its_user_and_to_nobody_else() {
    let world = World::new().await;
    world.provider.knows("octo");
    let saved = world.post(&world.link("ann").await, &with("")).await;
    saved.expect(200, &["Jira user <strong><bdi>ann</bdi></strong>", "as account <strong><bdi>octo</bdi></strong>"]);
    let ann = world.get(&world.link("ann").await).await;
    ann.expect(
        200,
        &["Already saved on 2026-11-22", "of account <strong><bdi>octo</bdi></strong>", "Saving replaces it."],
    );
    world.get(&world.link("Ann").await).await.expect(200, &[]).lacks(&["octo", "Already saved"]);

    world.provider.knows("hexa");
    let replaced = world.post(&world.link("ann").await, &with("")).await;
    replaced.expect(200, &["hexa", "belonged to another account: <strong><bdi>octo</bdi></strong>"]);
    assert_eq!(world.saved_account("ann").await.as_deref(), Some("hexa"));
}

#[tokio::test]
async fn what_the_git_server_says_of_a_pat_is_shown_and_what_it_does_not_say_too() {
    let world = World::new().await;
    world.provider.knows("octo");
    let unknown = world.post(&world.link("ann").await, &with("")).await;
    unknown.expect(
        200,
        &["branches: write</bdi></strong>: present", ": absent", ": cannot tell", "does not say when it ends"],
    );
    let day = Timestamp::parse("2027-01-31").unwrap();
    for (told, expected) in [(Expiry::At(day), "It ends on 2027-01-31 (UTC)."), (Expiry::Never, "It does not expire.")]
    {
        world.provider.answers(Ok(Identity { expiry: told, ..identity("octo") }));
        let saved = world.post(&world.link("ann").await, &with("&expires-at=2027-06-30")).await;
        saved.expect(200, &[expected]);
    }
    world.provider.knows("octo");
    let entered = world.post(&world.link("ann").await, &with("&expires-at=2027-06-30")).await;
    entered.expect(200, &["It ends on 2027-06-30 (UTC)."]);
}

#[tokio::test]
async fn a_refusal_says_why_beside_the_field_and_keeps_what_is_no_secret() {
    let world = World::new().await;
    let short =
        world.post(&world.link("ann").await, "user=%20ann%3C&realm=west&token=short7&expires-at=2027-06-30").await;
    short.expect(
        422,
        &[
            "role=\"alert\"",
            "Nothing was saved",
            "aria-describedby=\"field-token-error field-token-help\" aria-invalid=\"true\"",
            "id=\"field-token-error\"",
            "value=\" ann&lt;\"",
            "<option value=\"west\" selected>",
            "value=\"2027-06-30\"",
        ],
    );
    short.lacks(&["short7"]);
    for (date, expected) in [
        ("2026-11-22", "This day has come already."),
        ("22.11.2027", "The date is written as in"),
        ("2027-06-30T00:00:00Z", "The date is written as in"),
    ] {
        let answer = world.post(&world.link("ann").await, &with(&format!("&expires-at={date}"))).await;
        answer.expect(422, &[expected, "aria-describedby=\"field-expires-at-error field-expires-at-help\""]);
    }
    assert_eq!(world.saved_account("ann").await, None);
}

#[tokio::test]
async fn saving_without_a_check_is_offered_only_while_the_git_server_does_not_answer() {
    let world = World::new().await;
    for (reason, is_offered) in [
        (FailureReason::CredentialRejected, false),
        (FailureReason::PermissionMissing("branches".into()), false),
        (FailureReason::Misconfigured(FieldError { field: "version".into(), message: "Older.".into() }), false),
        (FailureReason::UnexpectedReply, false),
        (FailureReason::RateLimited(Wait::Unknown), true),
        (FailureReason::Unavailable, true),
    ] {
        world.provider.refuses(reason, "in its own words");
        let refused = world.post(&world.link("ann").await, &with("")).await;
        refused.expect(422, &["in its own words"]);
        assert_eq!(refused.body.contains("name=\"allow-unchecked\" type=\"checkbox\" value=\"yes\""), is_offered);
        if is_offered {
            world.provider.refuses(FailureReason::Unavailable, "");
            let saved = world.post(refused.action(), &with("&allow-unchecked=yes")).await;
            saved.expect(200, &["saved without a check"]);
            assert_eq!(world.saved_account("ann").await.as_deref(), Some("unchecked"));
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_credential_is_mended_on_the_page_where_they_are_made() {
    let world = World::new().await;
    let mended = "<a href=\"https://git.example.com/tokens/new?until=2027-02-20\" target=\"_blank\" rel=\"noreferrer noopener\"><bdi>Where it can be mended";
    for (reason, is_linked) in [
        (FailureReason::CredentialRejected, true),
        (FailureReason::PermissionMissing("branches".into()), true),
        (FailureReason::SsoAuthorizationRequired, true),
        (FailureReason::Unavailable, false),
    ] {
        world.provider.refuses(reason, "in its own words");
        let refused = world.post(&world.link("ann").await, &with("")).await;
        assert_eq!(refused.expect(422, &[]).body.contains(mended), is_linked, "{}", refused.body);
    }
}

#[tokio::test]
async fn what_no_browser_would_send_is_refused_before_the_link_is_used_up() {
    let world = World::new().await;
    let link = world.link("ann").await;
    let large = with(&format!("&user={}", "x".repeat(64 << 10)));
    for (status, content_type, body) in [
        (415, "application/json", "{}"),
        (415, "multipart/form-data; boundary=x", "--x--"),
        (415, "text/plain", &*with("")),
        (413, "application/x-www-form-urlencoded", &*large),
        (400, "application/x-www-form-urlencoded", "user"),
        (400, "application/x-www-form-urlencoded", "user=a&user=b"),
        (400, "application/x-www-form-urlencoded", "user=%ff"),
        (400, "application/x-www-form-urlencoded", "allow-unchecked=maybe"),
    ] {
        let answer = world.send(Method::POST, &link, &[("content-type", content_type)], body).await;
        answer.expect(status, &["Nothing was saved"]);
    }
    world.send(Method::POST, &link, &[], &with("")).await.expect(415, &[]);
    world.provider.knows("octo");
    let content_type = [("content-type", "Application/X-WWW-Form-URLEncoded; charset=UTF-8")];
    world.send(Method::POST, &link, &content_type, &with("")).await.expect(200, &["octo"]);
}

#[tokio::test]
async fn where_users_cannot_have_a_pat_the_page_says_why_and_has_no_form() {
    let world = World::new().await;
    let link = world.link("ann").await;
    let unsupported = UserCredentials::Unsupported("version 2013 has none".into());
    world.change_integration(|integration| integration.connection.user_credentials = unsupported).await;
    for answer in [world.get(&link).await, world.post(&link, &with("")).await] {
        answer.expect(403, &["version 2013 has none"]).lacks(&["<form"]);
    }
}

#[tokio::test]
async fn of_several_forms_each_is_named_and_what_has_to_be_copied_stands_on_the_page() {
    let world = World::with(|integration, _| {
        let page = |label: &str, url: &str| CredentialPage { label: label.into(), url: url.into() };
        integration.connection.credential_pages = vec![
            page("Classic", "https://git.example.com/new?days={expires-in-days}"),
            page("Fine", "https://git.example.com/fine"),
        ];
        integration.connection.grant = Some(Snippet { label: "Policy".into(), text: "{\n  \"a\": 1\n}".into() });
    })
    .await;
    let page = world.get(&world.link("ann").await).await;
    page.expect(
        200,
        &[
            "href=\"https://git.example.com/new?days=90\" target=\"_blank\" rel=\"noreferrer noopener\"><bdi>Classic",
            "href=\"https://git.example.com/fine\" target=\"_blank\" rel=\"noreferrer noopener\"><bdi>Fine",
            "<pre class=\"copy\">{\n  &quot;a&quot;: 1\n}</pre>",
        ],
    );
}
