//! Two administrators at one record in the same moment, or at one that is another by then, or is there no more.

use url::form_urlencoded;

use super::administration::{Admin, EDIT, text};
use crate::world::World;
use model::{IntegrationRecord, Kind, Timestamp};

/// What the form of an integration sends beside what a test types.
const REST: &str = "create_branches=yes&delete_branches=yes&create_pull_requests=yes&branch_separator=-&branch_letters=any&\
                    mapping_rows=3";

fn dated(day: &str) -> impl Fn(&mut IntegrationRecord) + Send + Sync + 'static {
    let from = Timestamp::parse(day);
    move |one: &mut IntegrationRecord| one.rules.require_user_pat_from = from
}

/// A date as a form sends it: the one it shows, and the unseen one of which that is the day.
fn sent(day: &str, stored: &str) -> String {
    format!("name=Acme+Inc.&{REST}&require_user_pat_from={day}&stored_require_user_pat_from={stored}")
}

/// A rule that is switched off and on again in a form of another state comes back with the date that there is, not with the one
/// that was there before: to the millisecond, of which the form shows the day alone.
#[tokio::test]
async fn a_date_that_nobody_typed_is_whatever_it_is_by_now() {
    for (before, after) in [
        ("2027-01-31", "2027-02-15"),
        ("2027-01-31T08:00:00.000Z", "2027-01-31T20:00:00.000Z"),
        ("2027-01-31", "2027-01-31T20:00:00.000Z"),
        ("2027-01-31T08:00:00.000Z", "2027-01-31"),
    ] {
        let admin = Admin::at(World::with(move |one, _| dated(before)(one)).await).await;
        let shown = admin.get(EDIT).await;
        admin.world.change_integration(dated(after)).await;
        let day = |at: &str| at[..10].to_owned();
        let refused = admin.sends_whole(&shown, EDIT, &sent(&day(before), before)).await;
        let date = format!("value=\"{}\"", day(after));
        let unseen = format!("name=\"stored_require_user_pat_from\" value=\"{after}\"");
        let read = text(refused.expect(412, &[&date, &unseen]));
        assert!(read.contains("Require User PAT: on → off"), "{read}");
        let on = format!("{}&require_user_pat=yes", sent(&day(after), after));
        admin.sends_whole(&refused, EDIT, &on).await.expect(200, &["Nothing is different."]);
    }
}

#[tokio::test]
async fn two_who_update_at_one_moment_are_told_what_is_stored_by_then() {
    for _ in 0..20 {
        let admin = Admin::at(World::new().await).await;
        let shown = admin.get(EDIT).await;
        let (ours, theirs) = (format!("name=Ours&{REST}"), format!("name=Theirs&{REST}"));
        let both = tokio::join!(admin.sends_whole(&shown, EDIT, &ours), admin.sends_whole(&shown, EDIT, &theirs));
        let (won, lost, names) = match both {
            (one, other) if one.status == 200 => (one, other, "Name: Ours → Theirs"),
            (one, other) => (other, one, "Name: Theirs → Ours"),
        };
        won.expect(200, &["Updated."]);
        let read = text(lost.expect(412, &["data-collided"]));
        assert!(read.split_once("Stored now").is_some_and(|(_, now)| now.contains(names)), "{read}");
    }
}

#[tokio::test]
async fn a_page_that_is_sent_twice_at_one_moment_is_stored_as_it_was_typed() {
    for (path, typed) in [(EDIT, format!("name=Mine&{REST}")), ("/admin/general", "require_user_pat=yes".to_owned())] {
        for _ in 0..20 {
            let admin = Admin::at(World::new().await).await;
            let shown = admin.get(path).await;
            let both = tokio::join!(admin.sends_whole(&shown, path, &typed), admin.sends_whole(&shown, path, &typed));
            let read = [text(both.0.expect(200, &[])), text(both.1.expect(200, &[]))].concat();
            assert!(read.contains("Updated.") && read.contains("It is stored as you typed it"), "{read}");
        }
    }
}

#[tokio::test]
async fn what_was_typed_for_another_kind_is_not_dropped_unsaid() {
    let of_aws = |_: &mut IntegrationRecord, kind: &mut Kind| {
        let setting = kind.credential[0].clone();
        kind.settings =
            vec![model::Field { name: "region".into(), input: model::Input::Text, required: false, ..setting }];
    };
    let admin = Admin::at(World::with(of_aws).await).await;
    let shown = admin.get(EDIT).await;
    // The same id, of a kind with other fields.
    let renamed = shown.body.replace("setting-region", "setting-zone");
    let shown = crate::world::Answer { body: renamed, ..shown };
    admin.world.change_integration(|one| one.name = "Anew".parse().unwrap()).await;
    for typed in ["setting-zone=eu-central-1", "credential-access_key_id=AKIAIOSFODNN7EXAMPLE"] {
        let refused = admin.sends_whole(&shown, EDIT, &format!("name=Acme+Inc.&{REST}&{typed}")).await;
        let (_, field) = typed.split_once('-').unwrap();
        let (field, value) = field.split_once('=').unwrap();
        let read = text(refused.expect(412, &["data-collided"]).lacks(&[value]));
        assert!(read.contains(&format!("what you typed into them is not kept: {field}.")), "{read}");
        let is_told = read.contains("The credential has to be typed once more");
        assert_eq!(is_told, typed.starts_with("credential"), "{read}");
    }
}

#[tokio::test]
async fn an_integration_that_somebody_removed_meanwhile_is_told_of_with_what_was_typed() {
    let admin = Admin::at(World::new().await).await;
    let shown = admin.get(EDIT).await;
    let asks = admin.sends_whole(&shown, EDIT, "remove=yes").await;
    admin.sends(&asks, EDIT, &format!("sure={}", sure(&asks))).await.expect(303, &[]);
    let typed =
        "branch_template=ABC-x&projects=ABC&proxy=http://ann:hunter2@proxy.test&credential-token=pat_9876543210";
    let rest = REST.replace("delete_branches=yes&", "");
    let gone = admin.sends_whole(&shown, EDIT, &format!("name=Mine&{rest}&{typed}&days=90&try=yes")).await;
    let read = text(gone.expect(410, &[]).lacks(&["pat_9876543210", "hunter2"]));
    for told in [
        "removed by",
        "Nothing was stored.",
        "Name: Mine",
        "Branch template: ABC-x",
        "projects: ABC",
        "http://…@proxy.test",
    ] {
        assert!(read.contains(told), "{told}: {read}");
    }
    for untouched in ["Separator", "days", "try", "Enable creating"] {
        assert!(!read.contains(untouched), "{untouched}: {read}");
    }
    // Whichever button was pressed.
    for button in ["remove=yes", "sure=1+1+1", "preview=yes", "try=yes", ""] {
        let gone = admin.sends_whole(&shown, EDIT, &format!("name=Mine&{REST}&{typed}&{button}")).await;
        let read = text(gone.expect(410, &[]).lacks(&["pat_9876543210", "hunter2"]));
        assert!(read.contains("Name: Mine") && !read.contains("sure:") && !read.contains("remove:"), "{read}");
    }
    admin.get(EDIT).await.expect(404, &[]);
    let never = admin.sends_whole(&shown, "/admin/integrations/never", "name=Mine").await;
    never.expect(404, &[]).lacks(&["removed by"]);
}

#[tokio::test]
async fn who_thinks_better_of_a_removal_comes_back_to_what_she_typed_and_is_told_what_she_would_have_removed() {
    let admin = Admin::at(World::new().await).await;
    let shown = admin.get(EDIT).await;
    admin
        .sends_whole(&shown, EDIT, &format!("name=Theirs&require_user_pat=yes&{REST}"))
        .await
        .expect(200, &["Updated."]);
    let typed = format!("name=Mine&require_user_pat=yes&{REST}&credential-token=pat_9876543210");
    let asks = admin.sends_whole(&shown, EDIT, &format!("{typed}&remove=yes")).await;
    let read = text(asks.expect(200, &["Remove this integration?", "Git Server"]).lacks(&["pat_9876543210"]));
    assert!(read.contains("Name: Acme Inc. → Theirs"), "{read}");
    let (_, back) = asks.body.split_once("<main").unwrap();
    let hidden = back.split("<input type=\"hidden\" name=\"").skip(1).map(|input| {
        let (name, value) = input.split_once("\" value=\"").unwrap();
        (name, value.split_once('"').unwrap().0.replace("&quot;", "\""))
    });
    let form =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(hidden).append_pair("preview", "yes").finish();
    let back = admin.world.post_as(EDIT, &super::administration::sent_from_here(&admin.cookie), &form).await;
    back.expect(200, &["value=\"Mine\"", "has to be typed once more"]);
    assert_eq!(admin.world.store.integrations().await.unwrap()[0].name.as_str(), "Theirs");
}

/// What a page that asks about a removal sends where it is confirmed.
fn sure(asks: &crate::world::Answer) -> String {
    let (_, after) = asks.body.split_once("name=\"sure\" value=\"").unwrap();
    after.split_once('"').unwrap().0.replace(' ', "+")
}

#[tokio::test]
async fn an_integration_that_is_another_by_then_is_asked_about_anew_and_nobodys_token_goes_uncounted() {
    let admin = Admin::at(World::new().await).await;
    let shown = admin.get(EDIT).await;
    let asks = admin.sends_whole(&shown, EDIT, &format!("name=Mine&{REST}&remove=yes")).await;
    asks.expect(200, &["Nobody has saved a token for it."]);
    let saved = admin.world.link("ann").await;
    admin.world.provider.knows("octo");
    admin.world.post_and_see(&saved, "user=ann&token=ghp_0123456789abcdef").await.expect(200, &[]);
    let anew = admin.sends_whole(&asks, EDIT, &format!("name=Mine&{REST}&sure={}", sure(&asks))).await;
    anew.expect(412, &["1 person", "name=\"name\" value=\"Mine\"", "Remove this integration?"]);
    admin.world.change_integration(|one| one.name = "Theirs".parse().unwrap()).await;
    let again = admin.sends_whole(&anew, EDIT, &format!("name=Mine&{REST}&sure={}", sure(&anew))).await;
    again.expect(412, &["Remove <bdi>Theirs</bdi>", "name=\"name\" value=\"Mine\""]);
    for forged in ["yes", "", "1", "1 1 1"] {
        let refused = admin.sends_whole(&again, EDIT, &format!("name=Mine&{REST}&sure={forged}")).await;
        refused.expect(412, &["Remove this integration?"]);
    }
    admin.sends_whole(&again, EDIT, &format!("sure={}", sure(&again))).await.expect(303, &[]);
}

#[tokio::test]
async fn a_password_in_an_address_is_not_repeated_where_two_collide() {
    let admin = Admin::at(World::new().await).await;
    let shown = admin.get(EDIT).await;
    admin.world.change_integration(|one| one.name = "Theirs".parse().unwrap()).await;
    let typed = format!("name=Acme+Inc.&{REST}&proxy=http://ann:hunter2@proxy.test:3128");
    let refused = admin.sends_whole(&shown, EDIT, &typed).await;
    let read = text(refused.expect(412, &["data-collided"]));
    assert!(read.contains("Proxy: empty → http://…@proxy.test:3128") && !read.contains("hunter2"), "{read}");
}

#[tokio::test]
async fn who_changed_something_and_took_it_back_is_told_of_in_words() {
    let admin = Admin::at(World::new().await).await;
    let shown = admin.get(EDIT).await;
    for name in ["Theirs", "Acme+Inc."] {
        let now = admin.get(EDIT).await;
        admin
            .sends_whole(&now, EDIT, &format!("name={name}&require_user_pat=yes&{REST}"))
            .await
            .expect(200, &["Updated."]);
    }
    let refused = admin.sends_whole(&shown, EDIT, &format!("name=Mine&require_user_pat=yes&{REST}")).await;
    let read = text(refused.expect(412, &[]));
    assert!(read.contains("By now it is as you were shown it.") && !read.contains("Nothing is different"), "{read}");
}
