//! What administrators type: it is stored, or shown again, or named, whatever others do meanwhile.

use super::administration::{Admin, EDIT, sent_from_here, text};
use crate::world::World;
use model::{IntegrationRecord, Kind};

/// What the form of an integration sends beside what a test types.
const REST: &str = "require_user_pat=yes&create_branches=yes&delete_branches=yes&create_pull_requests=yes&branch_separator=-&\
                    branch_letters=any";

#[tokio::test]
async fn a_row_that_was_typed_where_there_is_none_any_more_is_kept() {
    let admin = Admin::at(World::new().await).await;
    let row = |row: usize, component: &str| format!("mapping-{row}-project=ABC&mapping-{row}-component={component}");
    let rows = format!("{}&{}&{}", row(0, "a"), row(1, "b"), row(2, "c"));
    admin.types(&format!("{REST}&mapping_rows=6&{rows}")).await.expect(200, &["Updated."]);
    let shown = admin.get(EDIT).await;
    admin.types(&format!("{REST}&mapping_rows=6")).await.expect(200, &["Updated."]);
    for last in [3, 5] {
        let typed = format!("name=Acme+Inc.&{REST}&mapping_rows=6&{rows}&{}", row(last, "new"));
        let refused = admin.sends_whole(&shown, EDIT, &typed).await;
        let read = text(refused.expect(412, &["value=\"new\""]));
        assert!(read.contains("new: ABC, new"), "{read}");
        let tried = format!("name=Mine&{REST}&mapping_rows=6&{}&try=yes", row(last, "new"));
        admin.sends_whole(&refused, EDIT, &tried).await.expect(200, &["value=\"new\""]);
        let again = format!("name=Mine&{REST}&mapping_rows=6&{}", row(last, "new"));
        if last == 5 {
            admin.sends_whole(&refused, EDIT, &again).await.expect(200, &["Updated.", "new: <bdi>"]);
        }
    }
}

#[tokio::test]
async fn what_was_typed_stays_typed_although_another_stored_the_same_for_a_while() {
    let admin = Admin::at(World::new().await).await;
    let shown = admin.get(EDIT).await;
    let called = |name: &'static str| admin.world.change_integration(move |one| one.name = name.parse().unwrap());
    called("Mine").await;
    let typed = format!("name=Mine&{}", REST.replace("separator=-", "separator=_"));
    let refused = admin.sends_whole(&shown, EDIT, &typed).await;
    let read = text(refused.expect(412, &[]));
    assert!(!read.contains("Name:"), "{read}");
    called("Acme Inc.").await;
    let refused = admin.sends_whole(&refused, EDIT, &typed).await;
    let read = text(refused.expect(412, &["value=\"Mine\""]));
    assert!(read.contains("Name: Acme Inc. → Mine"), "{read}");
    admin.sends_whole(&refused, EDIT, &typed).await.expect(200, &["Updated.", "value=\"Mine\""]);
    // What nobody typed into still goes with what is stored.
    let shown = admin.get(EDIT).await;
    called("Theirs").await;
    let refused = admin.sends_whole(&shown, EDIT, &format!("name=Mine&{REST}")).await;
    refused.expect(412, &["value=\"Theirs\""]);
    called("Once more").await;
    let refused = admin.sends_whole(&refused, EDIT, &format!("name=Theirs&{REST}")).await;
    refused.expect(412, &["value=\"Once more\""]);
}

#[tokio::test]
async fn a_rule_is_switched_off_as_promised_although_its_date_was_changed_meanwhile() {
    let date = |day: &str| {
        let from = model::Timestamp::parse(day);
        move |one: &mut IntegrationRecord| one.rules.require_user_pat_from = from
    };
    let admin = Admin::at(World::with(|one, _| date("2027-03-01")(one)).await).await;
    let shown = admin.get(EDIT).await;
    admin.world.change_integration(date("2027-04-01")).await;
    let off = "name=Acme+Inc.&require_user_pat_from=2027-03-01&stored_require_user_pat_from=2027-03-01";
    let refused = admin.sends_whole(&shown, EDIT, off).await;
    refused.expect(412, &["name=\"stored_require_user_pat_from\" value=\"2027-04-01\""]);
    let off = &off.replace("2027-03-01", "2027-04-01");
    admin.sends_whole(&refused, EDIT, off).await.expect(200, &["Updated."]);
    let new = "require_user_pat_from=2027-05-01&stored_require_user_pat_from=2027-03-01";
    admin.types(new).await.expect(422, &["id=\"field-require_user_pat_from-error\""]);
}

#[tokio::test]
async fn that_no_proxy_dials_is_a_change_although_none_would_have() {
    let admin = Admin::at(World::new().await).await;
    for (proxy, read) in [("none", "Proxy: empty → none"), ("", "Proxy: none → empty")] {
        let updated = text(admin.types(&format!("{REST}&proxy={proxy}")).await.expect(200, &["Updated."]));
        assert!(updated.contains(read), "{read}: {updated}");
    }
}

#[tokio::test]
async fn a_rule_over_all_says_which_integrations_it_closes_and_a_dry_run_without_one_nothing_of_tokens() {
    let unable = |one: &mut IntegrationRecord, _: &mut Kind| {
        one.connection.user_credentials = model::UserCredentials::Unsupported("2013 has none".into());
        one.rules.require_user_pat = false;
    };
    let closes = "Users can have no tokens here, so that nobody creates anything";
    for (change, is_closed) in [
        (unable as fn(&mut _, &mut _), true),
        (|one: &mut IntegrationRecord, _: &mut Kind| one.rules.require_user_pat = false, false),
    ] {
        let admin = Admin::at(World::with(change).await).await;
        if !is_closed {
            super::saved(&admin.world, "ann").await;
        }
        let shown = admin.get("/admin/general").await;
        assert_eq!(text(&shown).contains(closes), is_closed, "{}", text(&shown));
        let tried = text(&admin.sends(&shown, "/admin/general", "require_user_pat=yes&try=yes").await);
        assert_eq!(tried.contains("where nobody can have one, for as long as it is on"), is_closed, "{tried}");
        let off = text(&admin.sends(&shown, "/admin/general", "try=yes").await);
        assert!(off.contains("Require User PAT is off: it keeps nobody") && !off.contains("until they save"), "{off}");
    }
}

#[tokio::test]
async fn an_id_that_is_taken_is_told_at_its_field_and_addresses_that_were_shown_stay_so() {
    let admin = Admin::at(World::new().await).await;
    let new = "/admin/new-integration";
    let shown = admin.get("/admin/new-integration?kind=git-server").await;
    let sends = |typed: &'static str| {
        let (_, after) = shown.body.split_once("name=\"proof\" value=\"").unwrap();
        let body = format!("proof={}&kind=git-server&{typed}", after.split_once('"').unwrap().0);
        let admin = &admin;
        async move { admin.world.post_as(new, &sent_from_here(&admin.cookie), &body).await }
    };
    for button in ["&try=yes", ""] {
        let typed = if button.is_empty() { "id=acme&name=Other" } else { "id=acme&name=Other&try=yes" };
        sends(typed).await.expect(422, &["id=\"field-id-error\"", "There is an integration with this id already"]);
    }
    let refused = sends("id=other&name=Other&seen-addresses=https://git.example.com&lost-credential=yes").await;
    refused.expect(
        422,
        &["What was entered before was not kept", "name=\"seen-addresses\" value=\"https://git.example.com\""],
    );
}

#[tokio::test]
async fn one_thing_said_twice_is_told_or_is_one() {
    let admin = Admin::at(World::new().await).await;
    let twice = "connect_to=a.example.com:443=10.0.0.1:443%0Aa.example.com:443=10.0.0.2:443";
    admin
        .types(&format!("{REST}&allow_private=yes&{twice}"))
        .await
        .expect(422, &["id=\"field-connect_to-error\"", "a.example.com:443"]);
    let updated = text(&admin.types(&format!("{REST}&projects=ABC+ABC+DEF")).await);
    assert!(updated.contains("all projects → ABC, DEF"), "{updated}");
    let wrong = text(&admin.types(&format!("{REST}&projects=ABC+d!f")).await);
    assert!(wrong.contains("“d!f”: "), "{wrong}");
    let missing = text(&admin.types(&format!("{REST}&mapping_rows=3&mapping-0-base=main")).await);
    assert!(missing.contains("row 1, Jira project: has to be given"), "{missing}");
}

#[tokio::test]
async fn an_integration_that_is_open_to_no_project_stays_so() {
    let admin = Admin::at(World::with(|one, _| one.projects = model::Projects::Only(Vec::new())).await).await;
    let shown = admin.get(EDIT).await;
    shown.expect(200, &[">\nnone</textarea>"]);
    let updated = text(&admin.sends_whole(&shown, EDIT, &format!("name=Mine&projects=none&{REST}")).await);
    assert!(updated.contains("Name: Acme Inc. → Mine") && !updated.contains("projects:"), "{updated}");
    for (typed, told) in [("", "no project → all projects"), ("none", "all projects → no project")] {
        let updated = text(&admin.types(&format!("{REST}&projects={typed}")).await);
        assert!(updated.contains(&format!("Restrict to Jira projects: {told}")), "{updated}");
    }
}

#[tokio::test]
async fn a_time_that_a_rule_begins_at_stays_with_its_day() {
    let at = model::Timestamp::parse("2027-03-01T18:30:00Z");
    let admin = Admin::at(World::with(move |one, _| one.rules.require_user_pat_from = at).await).await;
    let shown = admin.get(EDIT).await;
    let (day, stored) = ("require_user_pat_from=2027-03-01", "stored_require_user_pat_from=2027-03-01T18:30:00.000Z");
    shown.expect(200, &["name=\"stored_require_user_pat_from\" value=\"2027-03-01T18:30:00.000Z\""]);
    let updated = text(&admin.sends_whole(&shown, EDIT, &format!("name=Mine&{REST}&{day}&{stored}")).await);
    assert!(updated.contains("Updated.") && !updated.contains("grace date): 2027"), "{updated}");
    let updated = text(&admin.types(&format!("{REST}&require_user_pat_from=2027-03-02&{stored}")).await);
    assert!(updated.contains("2027-03-01T18:30:00.000Z → 2027-03-02"), "{updated}");
}

#[tokio::test]
async fn a_dry_run_of_nothing_collides_with_nothing() {
    let admin = Admin::at(World::new().await).await;
    let shown = admin.get(EDIT).await;
    admin.world.change_integration(|one| one.name = "Theirs".parse().unwrap()).await;
    let tried = admin.sends_whole(&shown, EDIT, &format!("name=Acme+Inc.&{REST}&try=yes")).await;
    tried.expect(200, &["Nothing is different.", "value=\"Theirs\""]);
}

#[tokio::test]
async fn a_credential_alone_that_is_typed_into_a_form_of_another_state_goes_nowhere() {
    let with_own = |one: &mut IntegrationRecord, _: &mut Kind| one.own_given_to = Some(one.place());
    let admin = Admin::at(World::with(with_own).await).await;
    let shown = admin.get(EDIT).await;
    let elsewhere = |one: &mut IntegrationRecord| one.network.proxy = Some("http://other.example.com:3128".into());
    admin.world.change_integration(elsewhere).await;
    // Whoever is asked would know it.
    admin.world.provider.knows("robot");
    for typed in [
        "credential-user=ann&credential-token=pat_9876543210",
        "credential-user=ann&credential-token=pat_9876543210&try=yes",
        "remove_credential=yes",
        "remove_credential=yes&try=yes",
    ] {
        let refused = admin.sends_whole(&shown, EDIT, &format!("name=Acme+Inc.&{REST}&{typed}")).await;
        refused.expect(412, &["was changed since you opened it"]).lacks(&["robot</bdi>"]);
    }
    let stored = admin.get(EDIT).await;
    stored.expect(200, &["name=\"remove_credential\""]).lacks(&["robot</bdi>"]);
}
