//! What administrators read: in the words of their forms, and of what they have to do.

use http::Method;
use url::form_urlencoded;

use crate::world::{Answer, World};
use model::{Failure, FailureReason, Field, IntegrationRecord, Kind, Unreached};

pub(super) const EDIT: &str = "/admin/integrations/acme";

/// An administrator who is signed in.
pub(super) struct Admin {
    pub world: World,
    pub cookie: String,
}

impl Admin {
    pub async fn at(world: World) -> Self {
        let body = format!("token={}", world.admin_token().await);
        let signed_in = world.post_as("/admin/sign-in", &sent_from_here(""), &body).await;
        let cookie = signed_in.expect(303, &[]).cookie().to_owned();
        Self { world, cookie }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.world.send(Method::GET, path, &[("cookie", &self.cookie)], "").await
    }

    /// Sends the form of a page as it was shown there, with what is typed into it.
    pub async fn sends(&self, shown: &Answer, path: &str, typed: &str) -> Answer {
        let hidden = |name: &str| {
            let (_, after) = shown.body.split_once(&format!("name=\"{name}\" value=\"")).expect(name);
            format!("{name}={}", after.split_once('"').unwrap().0)
        };
        let body = format!("{}&{}&{typed}", hidden("proof"), hidden("revision"));
        self.world.post_as(path, &sent_from_here(&self.cookie), &body).await
    }

    /// The same with what the page says that it was shown with, as a browser sends it.
    pub async fn sends_whole(&self, shown: &Answer, path: &str, typed: &str) -> Answer {
        let (_, after) = shown.body.split_once("name=\"as-shown\" value=\"").unwrap();
        let as_shown = after.split_once('"').unwrap().0.replace("&quot;", "\"");
        let as_shown = form_urlencoded::Serializer::new(String::new()).append_pair("as-shown", &as_shown).finish();
        self.sends(shown, path, &format!("{as_shown}&{typed}")).await
    }

    pub async fn types(&self, typed: &str) -> Answer {
        self.sends(&self.get(EDIT).await, EDIT, &format!("name=Acme+Inc.&{typed}")).await
    }
}

pub(super) fn sent_from_here(cookie: &str) -> [(&str, &str); 3] {
    [("origin", "https://pat.example.com"), ("sec-fetch-site", "same-origin"), ("cookie", cookie)]
}

fn with_settings(_: &mut IntegrationRecord, kind: &mut Kind) {
    let setting = |name: &str, label: &str| Field {
        name: name.into(),
        label: label.into(),
        required: false,
        input: model::Input::Text,
        ..kind.credential[0].clone()
    };
    kind.settings = vec![setting("base_url", "Server address"), setting("version", "Server version")];
}

/// What is read: no markup.
pub(super) fn text(answer: &Answer) -> String {
    let mut read = String::new();
    for part in answer.body.split('<') {
        read.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    read.replace("&gt;", ">").replace("&quot;", "\"")
}

#[tokio::test]
async fn what_would_be_changed_is_told_in_the_words_of_the_form() {
    let admin = Admin::at(World::with(with_settings).await).await;
    let typed = "setting-base_url=https://new.example.com&branch_letters=ascii&branch_separator=-&create_branches=yes&\
                 delete_branches=yes&create_pull_requests=yes&projects=ABC+DEF&allow_private=yes&\
                 connect_to=git.example.com:443=10.0.0.7:443&mapping_rows=3&mapping-1-project=ABC&try=yes";
    let tried = admin.types(typed).await;
    let read = text(tried.expect(200, &["This would be changed:"]));
    for expected in [
        "Server address: empty → https://new.example.com",
        "Letters: as they are written → a to z only: für becomes fur",
        "Restrict to Jira projects: all projects → ABC, DEF",
        "Require User PAT: on → off",
        "Allow private addresses: off → on",
        "Connect to: empty → git.example.com:443 = 10.0.0.7:443",
        "Project mapping: 0 → 1 row",
    ] {
        assert!(read.contains(expected), "{expected}: {read}");
    }
    for machine in ["base_url:", "connect_to:", "ascii", "Server version:"] {
        assert!(!read.contains(machine), "{machine}: {read}");
    }
}

#[tokio::test]
async fn who_is_set_aside_is_told_in_sentences_alone() {
    let admin = Admin::at(World::new().await).await;
    super::saved(&admin.world, "ann").await;
    let read = text(admin.types("require_user_pat=yes&allow_private=yes&try=yes").await.expect(200, &[]));
    assert!(read.contains("the tokens of 1 person would be set aside until they confirm them."), "{read}");
    assert!(!read.contains("user_pats") && !read.contains("own_credential"), "{read}");
}

#[tokio::test]
async fn what_another_changed_is_told_in_the_words_of_the_form() {
    let admin = Admin::at(World::with(with_settings).await).await;
    let shown = admin.get(EDIT).await;
    let change = |integration: &mut IntegrationRecord| {
        integration.settings.insert("version".into(), "2013".into());
        integration.network.ca_pem = Some("PEM".into());
        integration.own_given_to = Some(integration.place());
    };
    admin.world.change_integration(change).await;
    let refused = admin.sends(&shown, EDIT, "name=Acme+Inc.&require_user_pat=yes").await;
    let read = text(refused.expect(412, &["This integration was changed since you opened it"]));
    assert!(read.contains("Server version: 2013 → empty"), "{read}");
    assert!(read.contains("Certificates: taken away"), "{read}");
    assert!(!read.contains("ca_pem"), "{read}");
}

#[tokio::test]
async fn nothing_is_written_down_of_an_update_without_a_change_and_nobody_collides_with_it() {
    let admin = Admin::at(World::new().await).await;
    let (shown, whole) = (
        admin.get(EDIT).await,
        "name=Acme+Inc.&require_user_pat=yes&create_branches=yes&delete_branches=yes&\
                                                  create_pull_requests=yes&branch_separator=-&branch_letters=any",
    );
    let revision = |page: &Answer| {
        page.body.split_once("name=\"revision\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned()
    };
    let updated = admin.sends(&shown, EDIT, whole).await;
    updated.expect(200, &["Nothing is different."]).lacks(&["Updated."]);
    assert_eq!(revision(&updated), revision(&shown));
    admin.sends(&shown, EDIT, &format!("{whole}&projects=ABC")).await.expect(200, &["Updated.", "all projects"]);
}

#[tokio::test]
async fn a_credential_that_was_typed_before_is_not_left_out_unseen() {
    let admin = Admin::at(World::new().await).await;
    let shown = admin.get(EDIT).await;
    admin.world.change_integration(|integration| integration.name = "Other".parse().unwrap()).await;
    admin.world.provider.knows("robot");
    let refused = admin.sends(&shown, EDIT, "name=Mine&credential-user=ann&credential-token=pat_9876543210").await;
    refused.expect(
        412,
        &["was changed since you opened it", "The credential has to be typed once more", "name=\"lost-credential\""],
    );
    let without = admin.sends(&refused, EDIT, "name=Mine&lost-credential=yes").await;
    without
        .expect(422, &["What was entered before was not kept.", "aria-invalid=\"true\""])
        .lacks(&["name=\"lost-credential\""]);
    admin.sends(&without, EDIT, "name=Mine").await.expect(200, &["Updated."]);
}

#[tokio::test]
async fn a_credential_that_was_typed_is_remembered_to_be_missing_until_something_is_stored() {
    let admin = Admin::at(World::new().await).await;
    admin.world.provider.knows("robot");
    let tried = admin.types("credential-user=ann&credential-token=pat_9876543210&try=yes").await;
    let previewed = admin.sends(&tried, EDIT, "name=Acme+Inc.&lost-credential=yes&preview=yes").await;
    previewed.expect(200, &["The credential has to be typed once more", "name=\"lost-credential\""]);
    let without = admin.sends(&previewed, EDIT, "name=Mine&lost-credential=yes&remove_credential=yes").await;
    without.expect(422, &["What was entered before was not kept."]);
}

#[tokio::test]
async fn a_removal_of_the_credential_is_told_where_it_collides() {
    let admin =
        Admin::at(World::with(|integration, _| integration.own_given_to = Some(integration.place())).await).await;
    let shown = admin.get(EDIT).await;
    admin.world.change_integration(|integration| integration.name = "Other".parse().unwrap()).await;
    let refused = admin.sends(&shown, EDIT, "name=Other&remove_credential=yes").await;
    let read = text(refused.expect(412, &[]));
    assert!(read.contains("Integration account: good → none"), "{read}");
}

#[tokio::test]
async fn that_the_git_server_refuses_the_integrations_own_credential_is_told_with_what_to_do() {
    let with_own = |integration: &mut IntegrationRecord, _: &mut Kind| {
        integration.own_given_to = Some(integration.place());
        integration.account = Some(model::Account { id: "7".into(), login: "robot".into() });
    };
    let admin = Admin::at(World::with(with_own).await).await;
    let shown = admin.get(EDIT).await;
    shown.lacks(&["The git server said:"]);
    admin.world.refuses_own("Bad <credentials>").await;
    let badge = "<bdi>robot</bdi> <span class=\"badge\">rejected</span>";
    admin.get("/admin/integrations").await.expect(200, &[badge]).lacks(&["✓"]);
    let edit = admin.get(EDIT).await;
    edit.expect(200, &[badge, "The git server said: <q><bdi>Bad &lt;credentials&gt;</bdi></q>", "give it a new one"]);

    // It is nobody's change: who opened the page before it collides with nothing.
    admin.sends(&shown, EDIT, "name=Other").await.expect(200, &["Updated.", badge]);
    let removal = "name=Mine&remove_credential=yes";
    let read = text(admin.sends(&shown, EDIT, removal).await.expect(412, &[]));
    assert!(read.contains("Integration account: rejected → none"), "{read}");

    // Which of two is told: the one that is to be mended first.
    admin.world.moves_to("https://new.example.com").await;
    admin.get(EDIT).await.expect(200, &["set aside: give it again"]).lacks(&["rejected", "The git server said:"]);
}

#[tokio::test]
async fn a_mapping_that_another_stored_and_would_be_written_over_is_named() {
    let admin = Admin::at(World::new().await).await;
    let row = |row: usize, base: &str| {
        format!("mapping-{row}-project=ABC&mapping-{row}-component=c{row}&mapping-{row}-base={base}")
    };
    let rows =
        |first: &str, second: &str| format!("name=Acme+Inc.&mapping_rows=5&{}&{}", row(0, first), row(1, second));
    admin.sends(&admin.get(EDIT).await, EDIT, &rows("main", "main")).await.expect(200, &["Updated."]);
    let (one, other) = (admin.get(EDIT).await, admin.get(EDIT).await);
    admin.sends(&one, EDIT, &rows("mine", "main")).await.expect(200, &["Updated.", "new: <bdi>"]);
    let read = text(admin.sends(&other, EDIT, &rows("main", "yours")).await.expect(412, &[]));
    for expected in ["2 of 2 rows changed", "no longer: ABC, c0, mine", "new: ABC, c0, main", "new: ABC, c1, yours"] {
        assert!(read.contains(expected), "{expected}: {read}");
    }
}

#[tokio::test]
async fn a_rule_with_a_date_is_switched_off_after_a_dry_run_too() {
    let from = model::Timestamp::parse("2027-01-31");
    let admin = Admin::at(World::with(|integration, _| integration.rules.require_user_pat_from = from).await).await;
    let shown = admin.get(EDIT).await;
    shown.expect(200, &["name=\"stored_require_user_pat_from\" value=\"2027-01-31\""]);
    let off = "name=Acme+Inc.&require_user_pat_from=2027-01-31&stored_require_user_pat_from=2027-01-31";
    let tried = admin.sends(&shown, EDIT, &format!("{off}&try=yes")).await;
    tried.expect(200, &["name=\"stored_require_user_pat_from\" value=\"2027-01-31\""]);
    admin.sends(&tried, EDIT, off).await.expect(200, &["Updated."]);
}

#[tokio::test]
async fn what_is_wrong_in_a_mapping_is_told_and_marked_in_the_row_that_is_seen() {
    let admin = Admin::at(World::new().await).await;
    // The rows before it are empty: what is typed is shown from the first row on.
    let typed = "mapping_rows=4&mapping-1-project=ABC&mapping-3-project=lower&mapping-3-base=a..b";
    let refused = admin.types(typed).await;
    refused
        .expect(
            422,
            &[
                "id=\"mapping-0-project\" type=\"text\" name=\"mapping-0-project\" value=\"ABC\"",
                "name=\"mapping-1-project\" value=\"lower\" autocomplete=\"off\" spellcheck=\"false\" aria-describedby=\"mapping-1-project-error\" aria-invalid=\"true\"",
                "id=\"mapping-1-base-error\"",
            ],
        )
        .lacks(&["mappings["]);
    let read = text(&refused);
    assert!(read.contains("Project mapping, row 2, Jira project: "), "{read}");
    assert!(read.contains("Project mapping, row 2, Base branch: a branch name cannot contain"), "{read}");

    let twice = admin.types("mapping_rows=2&mapping-0-project=ABC&mapping-1-project=ABC").await;
    twice.expect(422, &["id=\"mapping-1-project-error\""]).lacks(&["mappings["]);
    assert!(
        text(&twice)
            .contains("Project mapping, row 2: the project and component of this mapping are those of one before it")
    );

    let closed = admin.types("projects=DEF&mapping_rows=2&mapping-1-project=ABC").await;
    closed.expect(422, &["id=\"mapping-0-project-error\""]).lacks(&["mappings["]);
    assert!(text(&closed).contains("Project mapping, row 1, Jira project: the integration is not open to"));
}

#[tokio::test]
async fn what_is_wrong_with_the_network_is_told_and_marked_at_its_field() {
    let admin = Admin::at(World::new().await).await;
    let refused = admin.types("ca_pem=nonsense&connect_to=x=y&proxy=ftp://p").await;
    for field in ["ca_pem", "connect_to", "proxy"] {
        refused.expect(422, &[&format!("id=\"field-{field}-error\"")]);
    }
    let read = text(&refused);
    assert!(read.contains("Certificates: there is no certificate in it"), "{read}");
    assert!(read.contains("Connect to: `x` is not") && read.contains("Proxy: "), "{read}");
    assert!(!read.contains("network.ca_pem") && !read.contains("network.proxy"), "{read}");
}

#[tokio::test]
async fn both_rules_over_all_are_told_where_they_hold() {
    let admin = Admin::at(World::new().await).await;
    let sent = |typed: &'static str| {
        let admin = &admin;
        async move { admin.sends(&admin.get("/admin/general").await, "/admin/general", typed).await }
    };
    let pages = ["/admin/integrations", EDIT];
    sent("require_user_pat=yes").await.expect(200, &["Updated."]);
    for page in pages {
        admin.get(page).await.expect(200, &["Require User PAT is on for all integrations."]);
    }
    sent("require_user_pat=yes&enforce_git_permissions=yes&require_user_pat_from=2027-01-31").await.expect(200, &[]);
    let both = "Require User PAT and Enforce git service permissions are on for all integrations from 2027-01-31.";
    for page in pages {
        admin.get(page).await.expect(200, &[both]);
    }
    let refused = sent("enforce_git_permissions=yes").await;
    refused.expect(422, &["id=\"field-enforce_git_permissions-error\""]);
    let read = text(&refused);
    assert!(read.contains("Enforce git service permissions: needs Require User PAT to be on"), "{read}");
}

#[tokio::test]
async fn a_git_server_that_is_not_reached_is_no_outage_and_told_with_what_has_to_be_done() {
    let admin = Admin::at(World::with(with_settings).await).await;
    let failed = |unreached| Failure { unreached, ..Failure::new(FailureReason::Unavailable, "It is said why.") };
    for (unreached, expected, is_marked) in [
        (Some(Unreached::Untrusted), "It is said why. This stays so until an administrator has mended it.", true),
        (Some(Unreached::Misfit), "It is said why. This stays so until an administrator has mended it.", false),
        (
            Some(Unreached::Unsure),
            "It is said why. Try again later; if it goes on, an administrator has to mend it.",
            false,
        ),
        (Some(Unreached::Silent), "The git server cannot be reached (\"It is said why\"). Try again later; if", false),
    ] {
        admin.world.provider.answers(Err(failed(unreached)));
        let refused = admin.types("credential-token=pat_0123456789abcdef&credential-user=ann").await;
        let read = text(&refused);
        assert!(read.contains("No connection to Git Server") && read.contains(expected), "{read}");
        assert!(read.contains("Nothing was stored.") && !read.contains("outage"), "{read}");
        assert_eq!(refused.body.contains("id=\"field-ca_pem-error\""), is_marked, "{read}");
    }
    admin.world.provider.answers(Err(failed(None)));
    let refused = admin.types("credential-token=pat_0123456789abcdef&credential-user=ann").await;
    assert!(text(&refused).contains("The git server has an outage or does not answer"), "{}", text(&refused));
}

#[tokio::test]
async fn a_credential_is_not_entered_and_removed_at_once() {
    let with_own =
        |integration: &mut IntegrationRecord, _: &mut Kind| integration.own_given_to = Some(integration.place());
    let admin = Admin::at(World::with(with_own).await).await;
    admin.world.provider.knows("robot");
    let both = "credential-user=ann&credential-token=pat_9876543210&remove_credential=yes";
    let refused = admin.types(both).await;
    refused.expect(422, &["do one of the two", "id=\"field-remove_credential-error\""]).lacks(&["pat_9876543210"]);
    admin.get(EDIT).await.expect(200, &["name=\"remove_credential\""]);
}

#[tokio::test]
async fn a_template_that_is_wrong_has_no_preview() {
    let admin = Admin::at(World::new().await).await;
    let preview = |template: &str| format!("branch_template={template}&preview_issue=ABC-7+Say+it&preview=yes");
    let right = admin.types(&preview("feature/%24%7Bissuekey%7D")).await;
    right.expect(200, &["<code><bdi>feature/ABC-7</bdi></code>"]);
    let wrong = admin.types(&preview("feature/%24%7Bnobody%7D")).await;
    wrong.expect(422, &["id=\"field-branch_template-error\""]).lacks(&["<code><bdi>feature/"]);
}

#[tokio::test]
async fn under_a_filter_that_cannot_be_read_there_are_no_entries_and_no_sheet() {
    let admin = Admin::at(World::new().await).await;
    admin.types("").await.expect(200, &["Updated."]);
    admin.get("/admin/audit").await.expect(200, &["integration.change", "audit.csv"]);
    for filter in ["from=tomorrow", "event=nothing", "integration=A!"] {
        let page = admin.get(&format!("/admin/audit?{filter}")).await;
        page.expect(422, &["role=\"alert\""]).lacks(&["integration.change", "audit.csv"]);
        for sheet in ["audit.csv", "audit.jsonl"] {
            admin.get(&format!("/admin/{sheet}?{filter}")).await.expect(422, &[]).lacks(&["integration.change"]);
        }
    }
}
