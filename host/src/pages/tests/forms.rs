//! What the page shows, and what becomes of what is filled in.

use http::Method;

use crate::world::{Answer, SENT_PAT, World, identity};
use model::{
    AuditEvent, CredentialPage, Expiry, FailureReason, FieldError, Identity, Scheme, Snippet, Timestamp,
    UserCredentials,
};

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
            "Jira user <strong><bdi>JIRAUSER10101</bdi></strong>.",
            "<h1><bdi>Set up your personal access token for Acme Inc.</bdi></h1>",
            "It is sent only to <bdi>https://git.example.com</bdi>.",
            "<bdi>Git Server</bdi>",
            "Make a token under Settings",
            "href=\"https://git.example.com/tokens/new?until=2027-02-20\" target=\"_blank\" rel=\"noreferrer noopener\"",
            "<bdi>branches: write</bdi></strong>: <bdi>create and delete branches</bdi>",
            "<label for=\"field-user\">",
            "<input id=\"field-user\" name=\"user\" type=\"text\" required",
            "<select id=\"field-realm\" name=\"realm\"",
            "<option value=\"west\">west</option>",
            "<input id=\"field-token\" name=\"token\" type=\"password\" required",
            "aria-describedby=\"field-token-help\"",
            "type=\"date\" value=\"\" min=\"2026-11-23\"",
            "<html lang=\"en\">",
            "width=device-width",
        ],
    );
    page.lacks(&[", saved <time", "role=\"alert\"", "type=\"checkbox\"", "aria-invalid"]);
}

#[tokio::test]
async fn u3_the_saved_account_is_shown_to_its_user_and_to_nobody_else() {
    let world = World::new().await;
    world.provider.knows("octo");
    let saved = world.post_and_see(&world.link("ann").await, &with("")).await;
    saved.expect(
        200,
        &["Jira user <strong><bdi>ann</bdi></strong>", "is now created as <strong><bdi>octo</bdi></strong>"],
    );
    let ann = world.get(&world.link("ann").await).await;
    ann.expect(
        200,
        &[
            "Your token for <strong><bdi>octo</bdi></strong>, saved <time class=\"whole\" datetime=\"2026-11-22\">",
            "is good. Saving another replaces it.",
        ],
    );
    world.get(&world.link("Ann").await).await.expect(200, &[]).lacks(&["octo", ", saved <time"]);

    world.provider.knows("hexa");
    let replaced = world.post_and_see(&world.link("ann").await, &with("")).await;
    replaced.expect(200, &["hexa", "belonged to another account: <strong><bdi>octo</bdi></strong>"]);
    assert_eq!(world.saved_account("ann").await.as_deref(), Some("hexa"));
}

#[tokio::test]
async fn what_the_git_server_says_of_a_pat_is_shown_and_what_it_does_not_say_too() {
    let world = World::new().await;
    world.provider.knows("octo");
    let unknown = world.post_and_see(&world.link("ann").await, &with("")).await;
    unknown.expect(
        200,
        &[
            "branches: write</bdi></strong><span class=\"hidden\">: present",
            ": absent",
            ": cannot tell",
            "does not say when it ends",
        ],
    );
    let day = Timestamp::parse("2027-01-31").unwrap();
    for (told, expected) in [
        (
            Expiry::At(day),
            "It <span class=\"whole\">expires on <time class=\"whole\" datetime=\"2027-01-31\">2027-01-31</time> (UTC)</span>.",
        ),
        (Expiry::Never, "It does not expire."),
    ] {
        world.provider.answers(Ok(Identity { expiry: told, ..identity("octo") }));
        let saved = world.post_and_see(&world.link("ann").await, &with("&expires-at=2027-06-30")).await;
        saved.expect(200, &[expected]);
    }
    world.provider.knows("octo");
    let entered = world.post_and_see(&world.link("ann").await, &with("&expires-at=2027-06-30")).await;
    entered.expect(200, &[">2027-06-30</time> (UTC)</span>."]);
}

#[tokio::test]
async fn a_key_that_ends_within_a_day_is_told_to_the_minute_and_a_token_by_its_day() {
    let world = World::with(|_, kind| {
        let (access_key_id, secret_access_key) = ("user".to_owned(), "token".to_owned());
        kind.scheme = Scheme::AwsSigv4 { access_key_id, secret_access_key, session_token: None };
    })
    .await;
    let path = world.link("ann").await;
    let key = |end: &str| format!("user=AKIA0123&token={SENT_PAT}&expires-at={end}");
    world
        .get(&path)
        .await
        .expect(200, &["Expires at (UTC)", "type=\"datetime-local\" value=\"\" min=\"2026-11-22T12:00\""]);
    let wrong = [
        ("2026-11-22T12:00", "This time has passed already."),
        ("2026-11-22", "This time has passed already."),
        ("soon", "The time is written as in 2026-11-22T12:00, in UTC."),
        ("2026-11-22T25:00", "The time is written as in 2026-11-22T12:00, in UTC."),
    ];
    for (entered, expected) in wrong {
        world.post(&path, &key(entered)).await.expect(422, &[expected]);
    }
    let read = [
        (
            "2026-11-22T15:30",
            "expires in 3 hours",
            "(<time datetime=\"2026-11-22T15:30:00.000Z\"><span class=\"whole\">2026-11-22</span> <span class=\"whole\">15:30 UTC</span>",
        ),
        (
            "2026-11-22T13:00:30",
            "expires in 1 hour<",
            "<span class=\"whole\">2026-11-22</span> <span class=\"whole\">13:00 UTC</span>",
        ),
        (
            "%202026-11-22T14:01:00%2B02:00",
            "expires in 1 minute<",
            "<span class=\"whole\">2026-11-22</span> <span class=\"whole\">12:01 UTC</span>",
        ),
        (
            "2026-11-22T12:00:01Z",
            "expires in 1 minute<",
            "<span class=\"whole\">2026-11-22</span> <span class=\"whole\">12:00 UTC</span>",
        ),
        ("2026-11-24", "expires in 1 day<", "2026-11-24</time> UTC"),
        ("2027-11-24T10:00", "expires on <time", "2027-11-24</time> (UTC)"),
    ];
    for (entered, left, end) in read {
        world.provider.knows("octo");
        let saved = world.post_and_see(&path, &key(entered)).await;
        saved.expect(200, &[left, end]);
    }
    // It has ended from that minute on, and not before; the visit goes on for longer.
    world.provider.knows("octo");
    world.post_and_see(&path, &key("2026-11-22T12:20")).await.expect(200, &["expires in 20 minutes"]);
    world.clock.advance_ms(19 * 60_000);
    world.get(&path).await.expect(200, &["expires in 1 minute<"]);
    world.clock.advance_ms(60_000);
    world.get(&path).await.expect(200, &["has expired."]);
    let tokens = format!("{}/tokens", path.rsplit_once("/set-up/").unwrap().0);
    world.get(&tokens).await.expect(
        200,
        &["expired, set it up again", "<span class=\"whole\">2026-11-22</span> <span class=\"whole\">12:20 UTC</span>"],
    );
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
            "<option value=\"west\" selected>",
            "value=\"2027-06-30\"",
        ],
    );
    // Nor what stands beside it: whoever takes one field for the other has typed a token there.
    short.lacks(&["short7", "ann&lt;"]);
    for (date, expected) in [
        ("2026-11-22", "This day has come already."),
        ("22.11.2027", "A day of the calendar, written as in"),
        ("2027-06-30T00:00:00Z", "A day of the calendar, written as in"),
    ] {
        let answer = world.post(&world.link("ann").await, &with(&format!("&expires-at={date}"))).await;
        answer.expect(422, &[expected, "aria-describedby=\"field-expires-at-error field-expires-at-help\""]);
    }
    assert_eq!(world.saved_account("ann").await, None);
}

#[tokio::test]
async fn saving_without_a_check_is_offered_only_while_the_git_server_does_not_answer() {
    let world = World::new().await;
    let misfit = FieldError { field: "version".into(), message: "in its own words".into() };
    for (reason, is_offered, is_the_servers) in [
        (FailureReason::CredentialRejected, false, false),
        (FailureReason::PermissionMissing("branches".into()), false, false),
        (FailureReason::Misconfigured(misfit), false, true),
        (FailureReason::UnexpectedReply, false, true),
        (FailureReason::RateLimited, true, false),
        (FailureReason::Unavailable, true, true),
    ] {
        world.provider.refuses(reason, "in its own words");
        let refused = world.post(&world.link("ann").await, &with("")).await;
        refused.expect(422, &["in its own words"]);
        // Of what its user cannot mend, an administrator finds the reason.
        let id = format!("Request <code>{}</code>", refused.header("x-request-id"));
        assert_eq!(refused.body.contains(&id), is_the_servers, "{id}: {}", refused.body);
        assert_eq!(refused.body.contains("name=\"allow-unchecked\" type=\"checkbox\" value=\"yes\""), is_offered);
        if is_offered {
            world.provider.refuses(FailureReason::Unavailable, "");
            let saved = world.post_and_see(refused.action(), &with("&allow-unchecked=yes")).await;
            saved.expect(200, &["saved without a check"]);
            assert_eq!(world.saved_account("ann").await.as_deref(), Some("unchecked"));
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_credential_is_mended_on_the_page_where_they_are_made() {
    let world = World::new().await;
    let mended = "<a href=\"https://git.example.com/tokens/new?until=2027-02-20\" target=\"_blank\" rel=\"noreferrer noopener\"><bdi>Open the page where it can be mended";
    for (reason, is_linked) in [
        (FailureReason::CredentialRejected, false),
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
async fn what_no_browser_would_send_is_refused_and_can_be_mended() {
    let world = World::new().await;
    let path = world.link("ann").await;
    let (cookie, proof) = world.kept_of(&path);
    let large = with(&format!("&user={}", "x".repeat(1 << 20)));
    for (status, content_type, body) in [
        (415, "application/json", "{}"),
        (415, "multipart/form-data; boundary=x", "--x--"),
        (415, "text/plain", &*with("")),
        (413, "application/x-www-form-urlencoded", &*large),
        (400, "application/x-www-form-urlencoded", "user"),
        (400, "application/x-www-form-urlencoded", "user=a&user=b"),
        (400, "application/x-www-form-urlencoded", "user=%ff"),
        (400, "application/x-www-form-urlencoded", &*with(&format!("&other=x&proof={proof}"))),
    ] {
        let headers = [("content-type", content_type), ("cookie", &*cookie)];
        let answer = world.send(Method::POST, &path, &headers, body).await;
        let heading = if status == 413 { "This is more than the form takes" } else { "The form could not be read" };
        answer.expect(status, &[heading, "Nothing was done."]);
    }
    let good = with(&format!("&proof={proof}"));
    world.send(Method::POST, &path, &[("cookie", &*cookie)], &good).await.expect(415, &[]);
    assert_eq!(world.saved_account("ann").await, None);
    world.provider.knows("octo");
    let headers = [("content-type", "Application/X-WWW-Form-URLEncoded; charset=UTF-8"), ("cookie", &*cookie)];
    let saved = world.send(Method::POST, &path, &headers, &good).await;
    saved.expect(303, &[]);
    world.get(saved.location()).await.expect(200, &["octo"]);
}

#[tokio::test]
async fn where_users_cannot_have_a_pat_the_page_says_why_and_has_no_form() {
    let world = World::new().await;
    let path = world.link("ann").await;
    let unsupported = UserCredentials::Unsupported("version 2013 has none".into());
    world.change_integration(|integration| integration.connection.user_credentials = unsupported).await;
    for answer in [world.get(&path).await, world.post(&path, &with("")).await] {
        answer.expect(409, &["version 2013 has none"]).lacks(&["<form"]);
    }
    // Both refusals are written down, and counted, like every other: the second with those that are like it, after a while.
    crate::operate::write_down_repeats(&world.app, None).await.unwrap();
    let log = world.store.audit_page(&model::AuditFilter::default(), None, 100).await.unwrap().entries;
    let denied: Vec<_> = log.iter().filter(|entry| entry.event == AuditEvent::Denied).collect();
    assert_eq!((denied.len(), &denied[0].details["times"]), (2, &1.into()));
    assert!(denied.iter().all(|entry| entry.details["reason"] == "user-pats-unsupported"), "{denied:?}");
    let counted = world.get("/metrics").await;
    counted.expect(200, &[r#"countersign_denials_total{reason="user-pats-unsupported"} 2"#]);
}

#[tokio::test]
async fn a_pat_that_is_checked_again_is_told_as_it_is_now() {
    let world = World::new().await;
    let path = world.link("ann").await;
    world.provider.knows("octo");
    world
        .post_and_see(&path, &with(""))
        .await
        .expect(200, &["<h1><bdi>Saved: Personal access token for Acme Inc.</bdi></h1>"]);
    world.provider.knows("octo");
    let good = world.post_and_see(&path, "check=yes").await;
    good.expect(200, &["Checked: Personal access token for Acme Inc.", "What you create here", "<bdi>octo</bdi>"]);

    world.provider.refuses(FailureReason::Unavailable, "in its own words");
    let unknown = world.post(&path, "check=yes").await;
    unknown.expect(422, &["<title>Not checked: ", "in its own words", ", saved <time"]).lacks(&["Nothing was saved"]);

    world.provider.refuses(FailureReason::CredentialRejected, "Bad credentials");
    let refused = world.post_and_see(&path, "check=yes").await;
    refused
        .expect(200, &["The git server refuses it.", "set-up/acme\">Set up another</a>"])
        .lacks(&["What you create here"]);
    world.get(&path).await.expect(200, &["is no longer accepted."]);
}

#[tokio::test]
async fn a_pat_is_removed_after_it_was_asked_once_more() {
    let world = World::new().await;
    let path = world.link("ann").await;
    world.provider.knows("octo");
    world.post_and_see(&path, &with("")).await.expect(200, &[]);
    let asks = world.get(&format!("{path}?removal=yes")).await;
    asks.expect(
        200,
        &["Remove your personal access token?", "name=\"remove\"", "Also revoke it at <bdi>Git Server</bdi>"],
    );
    world.change_integration(|integration| integration.connection.offers.revocation = false).await;
    let asks = world.get(&format!("{path}?removal=yes")).await;
    asks.expect(200, &["Git Server cannot end it from here. Delete it there, too:"]).lacks(&["name=\"revoke\""]);
    assert_eq!(world.saved_account("ann").await.as_deref(), Some("octo"));
    // Sent twice, it says the same.
    for _ in 0..2 {
        let removed = world.post_and_see(&path, &sure(&asks)).await;
        removed.expect(200, &["It is erased here.", "Git Server still accepts it. Delete it there:"]);
        assert_eq!(world.saved_account("ann").await, None);
    }
    world
        .get(&format!("{path}?removal=yes"))
        .await
        .expect(200, &["There is nothing to remove"])
        .lacks(&["name=\"remove\""]);
}

/// The form of a page that asks whether a PAT is to be removed.
fn sure(asks: &Answer) -> String {
    let (_, after) = asks.body.split_once("name=\"saved-at\" value=\"").unwrap();
    format!("remove=yes&saved-at={}", after.split_once('"').unwrap().0)
}

#[tokio::test]
async fn a_pat_that_nobody_was_asked_about_stays_whatever_an_old_page_says() {
    let world = World::new().await;
    let path = world.link("ann").await;
    world.post_and_see(&path, "remove=yes&saved-at=").await.expect(200, &["There is none."]).lacks(&["erased"]);
    world.provider.knows("octo");
    world.post_and_see(&path, &with("")).await.expect(200, &[]);
    for sure in ["remove=yes&saved-at=", "remove=yes", "remove=yes&saved-at=&revoke=yes"] {
        world
            .post(&path, sure)
            .await
            .expect(422, &["Your token was changed meanwhile", "<strong><bdi>octo</bdi></strong>"]);
        assert_eq!(world.saved_account("ann").await.as_deref(), Some("octo"));
    }
}

#[tokio::test]
async fn a_pat_that_was_saved_after_its_removal_was_asked_about_stays() {
    let world = World::new().await;
    let path = world.link("ann").await;
    world.provider.knows("octo");
    world.post_and_see(&path, &with("")).await.expect(200, &[]);
    let asks = world.get(&format!("{path}?removal=yes")).await;
    asks.expect(200, &["<strong><bdi>octo</bdi></strong>"]);
    let sure = sure(&asks);
    world.clock.advance_ms(1000);
    world.provider.knows("hexa");
    world.post_and_see(&path, &with("")).await.expect(200, &["hexa"]);
    let refused = world.post(&path, &sure).await;
    refused.expect(422, &["Your token was changed meanwhile", "<strong><bdi>hexa</bdi></strong>"]);
    assert_eq!(world.saved_account("ann").await.as_deref(), Some("hexa"));
}

#[tokio::test]
async fn a_token_that_is_shown_no_more_is_asked_for_once_more() {
    let world = World::new().await;
    let path = world.link("ann").await;
    let again = "What you typed of it is never shown again: type it once more.";
    let refused = world.post(&path, &with("&expires-at=2001-01-01")).await;
    refused.expect(422, &[again, "<bdi>Expires on</bdi>: <bdi>This day has come already."]);
    world.post(&path, "expires-at=2001-01-01").await.expect(422, &[]).lacks(&[again]);
}

#[tokio::test]
async fn what_was_done_is_shown_again_by_a_reload_and_done_once() {
    let world = World::new().await;
    let path = world.link("ann").await;
    world.provider.knows("octo");
    let sent = world.post(&path, &with("&from=tokens")).await;
    sent.expect(303, &[]);
    // The git server is asked for nothing by these.
    world.provider.refuses(FailureReason::CredentialRejected, "Bad credentials");
    for _ in 0..2 {
        let shown = world.get(sent.location()).await;
        shown.expect(200, &["Saved: Personal access token", "<bdi>octo</bdi>", "Back to: My tokens"]);
    }
    // Another user's is nobody else's, and an id of nothing shows the form.
    let (_, query) = sent.location().split_once('?').unwrap();
    for (user, query) in [("bob", query), ("ann", "done=00000000000000000000000000000000"), ("ann", "done=%00'")] {
        let other = world.get(&format!("{}?{query}", world.link(user).await)).await;
        other.expect(200, &["Set up your personal access token"]).lacks(&["Saved: "]);
    }
    let checked = world.post(&path, "check=yes").await;
    world.get(checked.location()).await.expect(200, &["Checked: ", "The git server refuses it."]);
    let removed = world.post(&path, &sure(&world.get(&format!("{path}?removal=yes")).await)).await;
    for _ in 0..2 {
        world.get(removed.location()).await.expect(200, &["It is erased here."]);
    }
    // What is gone since is not said to be saved.
    world.get(sent.location()).await.expect(200, &["Set up your"]).lacks(&["Saved: ", "octo"]);
}

#[tokio::test]
async fn everything_is_revoked_once_and_a_reload_shows_what_became_of_it() {
    let world = World::new().await;
    let path = world.link("ann").await;
    world.provider.knows("octo");
    world.post_and_see(&path, &with("")).await.expect(200, &["octo"]);
    let tokens = format!("{}/tokens", path.rsplit_once("/set-up/").unwrap().0);
    world.provider.refuses(FailureReason::Unavailable, "");
    // What was not asked about stays.
    let kept = world.post(&tokens, "revoke-all=yes").await;
    world.get(kept.location()).await.expect(200, &["octo", "This token was saved after you were asked"]);
    assert_eq!(world.saved_account("ann").await.as_deref(), Some("octo"));
    let asked = world.get(&format!("{tokens}?revocation=yes")).await;
    let (_, about) = asked.body.split_once("name=\"asked-about-acme\" value=\"").unwrap();
    let about = about.split_once('"').unwrap().0.replace("&quot;", "\"");
    let form = url::form_urlencoded::Serializer::new("revoke-all=yes&".to_owned())
        .append_pair("asked-about-acme", &about)
        .finish();
    // What was asked about is named, whatever became of it meanwhile.
    world.change_integration(|one| one.projects = model::Projects::Only(Vec::new())).await;
    let closed = world.post(&tokens, &format!("{form}&attempt=1")).await;
    world.get(closed.location()).await.expect(200, &["What became of your tokens", "Acme Inc.", "still kept for it"]);
    assert_eq!(world.saved_account("ann").await.as_deref(), Some("octo"));
    world.change_integration(|one| one.projects = model::Projects::All).await;
    let revoked = world.post(&tokens, &format!("{form}&attempt=2")).await;
    let again = world.post(&tokens, &format!("{form}&attempt=2")).await;
    assert_eq!(again.location(), revoked.location());
    revoked.expect(303, &[]);
    for _ in 0..2 {
        let shown = world.get(revoked.location()).await;
        shown.expect(200, &["Acme Inc.", "octo", "may still accept it. Delete it there:"]);
    }
    assert_eq!(world.saved_account("ann").await, None);
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
            "<pre class=\"copy\" data-copy=\"Copy\" data-copied=\"Copied\">{\n  &quot;a&quot;: 1\n}</pre>",
        ],
    );
}
