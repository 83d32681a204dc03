//! Two at one record, or at one repository: what came in between is told, and nothing goes elsewhere than where its user saw it go.

use super::administration::{Admin, EDIT, text};
use super::meanwhile::{chosen, filled_in, world};
use crate::world::{World, create_branch};
use model::{IntegrationRecord, Kind};

/// What the form of an integration sends beside what a test types.
const REST: &str = "name=Acme+Inc.&require_user_pat=yes&create_branches=yes&delete_branches=yes&create_pull_requests=yes&\
                    branch_separator=-&branch_letters=any";

#[tokio::test]
async fn a_collision_says_what_others_changed_and_who_and_takes_a_typed_credential_away() {
    let with_own = |one: &mut IntegrationRecord, _: &mut Kind| one.own_given_to = Some(one.place());
    let admin = Admin::at(World::with(with_own).await).await;
    let shown = admin.get(EDIT).await;
    let elsewhere = "connect_to=git.example.com:443=10.0.0.7:443&allow_private=yes";
    admin.types(&format!("{REST}&{elsewhere}").replace("name=Acme+Inc.&", "")).await.expect(200, &["Updated."]);
    admin.types(&format!("{REST}&{elsewhere}&projects=ABC").replace("name=Acme+Inc.&", "")).await.expect(200, &[]);
    admin.world.provider.knows("robot");
    let typed = "credential-user=ann&credential-token=pat_9876543210";
    for button in ["", "&try=yes"] {
        let refused = admin.sends_whole(&shown, EDIT, &format!("{REST}&{typed}{button}")).await;
        let read = text(refused.expect(412, &["data-collided", "has to be typed once more"]));
        for told in [
            " UTC):",
            "Allow private addresses: off → on",
            "Connect to: empty → git.example.com:443 = 10.0.0.7:443",
            "Restrict to Jira projects: all projects → ABC",
            "Integration account: a new credential",
        ] {
            assert!(read.contains(told), "{told}: {read}");
        }
    }
}

#[tokio::test]
async fn a_collision_of_the_rules_over_all_says_who_changed_them() {
    let admin = Admin::at(World::new().await).await;
    let general = "/admin/general";
    let shown = admin.get(general).await;
    let on = "require_user_pat=yes&require_user_pat_from=2027-01-31";
    admin.sends(&admin.get(general).await, general, on).await.expect(200, &["Updated."]);
    let refused = admin.sends(&shown, general, "require_user_pat=yes&enforce_git_permissions=yes").await;
    let read = text(refused.expect(412, &["data-collided"]));
    assert!(read.contains(" UTC):") && read.contains("off → on"), "{read}");
    // Switched on without a date, it was to hold at once.
    assert!(read.contains("From (grace date): 2027-01-31 → empty"), "{read}");
}

#[tokio::test]
async fn who_takes_back_what_was_typed_has_typed_nothing() {
    let off = |one: &mut IntegrationRecord, _: &mut Kind| one.rules.require_user_pat = false;
    let admin = Admin::at(World::with(off).await).await;
    let shown = admin.get(EDIT).await;
    let unticked = REST.replace("&require_user_pat=yes", "");
    let ticked = admin.sends_whole(&shown, EDIT, &format!("{REST}&require_user_pat_from=2027-01-31&try=yes")).await;
    ticked.expect(200, &["This would be changed"]);
    let back = admin.sends_whole(&ticked, EDIT, &format!("{unticked}&try=yes")).await;
    back.expect(200, &["Nothing is different."]);
    admin.world.change_integration(|one| one.rules.require_user_pat = true).await;
    let renamed = unticked.replace("Acme+Inc.", "Mine");
    let refused = admin.sends_whole(&back, EDIT, &renamed).await;
    let read = text(refused.expect(412, &["value=\"Mine\""]));
    assert!(read.contains("Name: Acme Inc. → Mine") && !read.contains("Require User PAT: on → off"), "{read}");
}

#[tokio::test]
async fn certificates_are_what_they_were_whatever_browsers_make_of_the_ends_of_their_lines() {
    let pem = "\r\n-----BEGIN CERTIFICATE-----\r\nMIIB\r\n-----END CERTIFICATE-----\r\n\r\n";
    let with = |one: &mut IntegrationRecord, _: &mut Kind| one.network.ca_pem = Some(pem.to_owned());
    let admin = Admin::at(World::with(with).await).await;
    let shown = admin.get(EDIT).await;
    let sent = pem.trim().replace("\r\n", "%0D%0A");
    let updated = admin.sends_whole(&shown, EDIT, &format!("{REST}&ca_pem={sent}%0D%0A")).await;
    updated.expect(200, &["Nothing is different."]);
}

#[tokio::test]
async fn nothing_is_created_elsewhere_than_where_the_repository_was_shown() {
    let world = world().await;
    let path = chosen(&world, create_branch("ABC-1")).await;
    let form = filled_in(&world.get(&path).await);
    let told = "The git server that this integration leads to was changed meanwhile";
    // Another part of the same git server.
    world.change_integration(|one| one.connection.web_url = "https://git.example.com/other".into()).await;
    world.post(&path, &form).await.expect(422, &[told]);
    let form = filled_in(&world.get(&path).await);
    // Another git server, where the same account is known.
    world.change_integration(|one| one.rules.require_user_pat = false).await;
    world.moves_to("https://other.example.com").await;
    world.post(&path, &form).await.expect(422, &[told]);
    assert_eq!(world.provider.made(), Vec::<String>::new());
}

#[tokio::test]
async fn a_collision_tells_where_it_leads_now_however_often_it_was_changed_since() {
    let with_own = |one: &mut IntegrationRecord, _: &mut Kind| one.own_given_to = Some(one.place());
    let admin = Admin::at(World::with(with_own).await).await;
    let shown = admin.get(EDIT).await;
    let rest = REST.replace("name=Acme+Inc.&", "");
    let moved = format!("{rest}&connect_to=git.example.com:443=10.0.0.7:443&allow_private=yes");
    admin.types(&moved).await.expect(200, &["Updated."]);
    for number in 0..12 {
        let named = format!("{moved}&branch_template=x{number}-$%7Bissuekey%7D&mapping_rows=3&mapping-0-project=ABC");
        admin.types(&named).await.expect(200, &["Updated."]);
    }
    // What was changed there and back again is no difference.
    admin.types(&moved).await.expect(200, &["Updated."]);
    let refused = admin.sends_whole(&shown, EDIT, &format!("{REST}&credential-token=pat_9876543210")).await;
    let read = text(refused.expect(412, &["data-collided"]));
    let told = read.split_once("Changed by").unwrap().1.split_once("Stored now").unwrap().0;
    assert!(told.contains("Connect to: empty → git.example.com:443 = 10.0.0.7:443"), "{told}");
    assert!(told.contains("Allow private addresses: off → on"), "{told}");
    assert!(!told.contains("Branch template") && !told.contains("mapping"), "{told}");
}

#[tokio::test]
async fn two_long_values_are_shown_from_where_they_part() {
    let admin = Admin::at(World::new().await).await;
    let projects = (0..60).map(|number| format!("PROJ{number:02}")).collect::<Vec<_>>();
    let all = |more: &str| format!("{REST}&projects={}+{more}", projects.join("+")).replace("name=Acme+Inc.&", "");
    admin.types(&all("LAST")).await.expect(200, &["Updated."]);
    let read = text(admin.types(&all("NEW")).await.expect(200, &["Updated."]));
    assert!(read.contains("PROJ59, LAST → …") && read.contains("PROJ59, NEW"), "{read}");
}

#[tokio::test]
async fn what_is_typed_is_told_from_what_was_shown_whatever_others_store_in_between() {
    let admin = Admin::at(World::new().await).await;
    let separates = |letter: &'static str| {
        admin.world.change_integration(move |one| one.naming.separator = letter.parse().unwrap())
    };
    let with = |letter: &str| REST.replace("separator=-", &format!("separator={letter}"));
    let shown = admin.get(EDIT).await;
    let shown = admin.sends_whole(&shown, EDIT, &format!("{}&preview=yes", with("_"))).await;
    separates(".").await;
    let shown = admin.sends_whole(&shown, EDIT, &format!("{}&preview=yes", with("_"))).await;
    separates("-").await;
    let refused = admin.sends_whole(&shown, EDIT, &with(".")).await;
    let read = text(refused.expect(412, &[]));
    assert!(read.contains("Separator: - → ."), "{read}");
    admin.sends_whole(&refused, EDIT, &with(".")).await.expect(200, &["Updated."]);
}

#[tokio::test]
async fn a_date_that_is_typed_and_cleared_takes_no_rule_along_that_another_switched_on() {
    let off = |one: &mut IntegrationRecord, _: &mut Kind| one.rules.require_user_pat = false;
    let admin = Admin::at(World::with(off).await).await;
    let shown = admin.get(EDIT).await;
    admin.world.change_integration(|one| one.rules.require_user_pat = true).await;
    let unticked = REST.replace("&require_user_pat=yes", "");
    let refused = admin.sends_whole(&shown, EDIT, &format!("{unticked}&require_user_pat_from=2027-01-31")).await;
    // A date is of the rule that is there now, and the form shows both.
    refused.expect(412, &["data-collided", "name=\"require_user_pat\" type=\"checkbox\" value=\"yes\" checked"]);
    let cleared = REST.replace("Acme+Inc.", "Mine");
    let updated = admin.sends_whole(&refused, EDIT, &cleared).await;
    let read = text(updated.expect(200, &["Updated.", "value=\"Mine\""]));
    assert!(!read.contains("Require User PAT: on → off"), "{read}");
    let stored = admin.get(EDIT).await;
    stored.expect(200, &["name=\"require_user_pat\" type=\"checkbox\" value=\"yes\" checked"]);
    // Of what was shown nothing was typed: it is not called stored as typed.
    let shown = admin.get(EDIT).await;
    admin.world.change_integration(|one| one.features.create_branches = false).await;
    let seen = admin.sends_whole(&shown, EDIT, &format!("{}&mapping_rows=3", REST.replace("Acme+Inc.", "Mine"))).await;
    seen.expect(200, &["You typed nothing that differs"]).lacks(&["It is stored as you typed it"]);
}

#[tokio::test]
async fn a_form_of_the_state_that_was_told_stores_what_it_shows() {
    let admin = Admin::at(World::new().await).await;
    let shown = admin.get(EDIT).await;
    admin.world.change_integration(|one| one.rules.require_user_pat = false).await;
    let dated = format!("{REST}&mapping_rows=3&require_user_pat_from=2027-09-09");
    let refused = admin.sends_whole(&shown, EDIT, &dated).await;
    let read = text(refused.expect(412, &["name=\"require_user_pat\" type=\"checkbox\" value=\"yes\" checked"]));
    assert!(read.contains("Require User PAT: off → on"), "{read}");
    // She wants it at once: what was typed is taken back, and the box that was shown ticked is ticked.
    let updated = admin.sends_whole(&refused, EDIT, &dated.replace("2027-09-09", "")).await;
    let read = text(updated.expect(200, &["Updated."]));
    assert!(read.contains("Require User PAT: off → on"), "{read}");
}

#[tokio::test]
async fn browsers_put_nothing_back_into_a_form_of_another_state() {
    let admin = Admin::at(World::new().await).await;
    for path in ["integrations/acme", "general", "connectors", "sessions", "new-integration?kind=git-server"] {
        let page = admin.get(&format!("/admin/{path}")).await;
        let forms: Vec<_> = page.body.split("<form").skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
        assert!(!forms.is_empty(), "{path}");
        for form in forms.iter().filter(|form| form.contains("method=\"post\"")) {
            assert!(form.contains("autocomplete=\"off\""), "{path}: {form}");
        }
    }
}

#[tokio::test]
async fn what_is_wrong_in_a_form_of_another_state_hides_no_collision() {
    let dated = |one: &mut IntegrationRecord, _: &mut Kind| {
        one.rules.require_user_pat_from = model::Timestamp::parse("2027-02-02");
    };
    let admin = Admin::at(World::with(dated).await).await;
    let shown = admin.get(EDIT).await;
    admin.world.change_integration(|one| one.rules = model::Rules::default()).await;
    let typed = format!("{REST}&mapping_rows=3&require_user_pat_from=2027-03-03");
    let refused = admin.sends_whole(&shown, EDIT, &typed.replace("name=Acme+Inc.", "name=")).await;
    refused.expect(422, &["id=\"field-name-error\""]);
    let refused = admin.sends_whole(&refused, EDIT, &typed).await;
    let read = text(refused.expect(412, &["data-collided"]));
    assert!(read.contains("Stored now → what you typed:") && read.contains("Require User PAT: off → on"), "{read}");
}

#[tokio::test]
async fn a_dry_run_of_another_state_tells_of_it_and_forgets_no_credential() {
    let admin = Admin::at(World::new().await).await;
    let shown = admin.get(EDIT).await;
    admin.world.change_integration(|one| one.name = "Theirs".parse().unwrap()).await;
    admin.types(&format!("{}&mapping_rows=3&projects=ABC", REST.replace("name=Acme+Inc.&", ""))).await.expect(200, &[]);
    let tried = format!("{REST}&mapping_rows=3&lost-credential=yes&try=yes");
    let tried = admin.sends_whole(&shown, EDIT, &tried).await;
    let read = text(tried.expect(200, &["Nothing is different.", "name=\"lost-credential\""]));
    assert!(read.contains("Changed by") && read.contains("Restrict to Jira projects: all projects → ABC"), "{read}");
}

#[tokio::test]
async fn rows_that_another_added_are_not_called_typed_away_whatever_a_form_went_through() {
    let admin = Admin::at(World::new().await).await;
    let shown = admin.get(EDIT).await;
    let rows = |count: u8| format!("{REST}&mapping_rows={count}&mapping-0-project=ABC&mapping-0-repository=acme/a");
    admin.types(&rows(3).replace("name=Acme+Inc.&", "")).await.expect(200, &["Updated."]);
    // What is refused is shown with as many rows as there are now.
    let refused = admin.sends_whole(&shown, EDIT, &format!("{REST}&mapping_rows=3&branch_max_length=5")).await;
    refused.expect(422, &["name=\"mapping_rows\" value=\"4\""]);
    let mended = format!("{REST}&mapping_rows=4&branch_max_length=50");
    let refused = admin.sends_whole(&refused, EDIT, &mended).await;
    let read = text(refused.expect(412, &["value=\"acme/a\""]));
    let typed = read.split_once("Stored now").unwrap().1;
    assert!(!typed.contains("no longer"), "{typed}");
    // Nothing typed is no removal, either.
    let nothing = admin.sends_whole(&shown, EDIT, &format!("{REST}&mapping_rows=5")).await;
    nothing.expect(200, &["You typed nothing that differs", "value=\"acme/a\""]);
}
