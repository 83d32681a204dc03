//! Dialogs that things change under: whose token it is, what is open, what another repository suggests.

use url::form_urlencoded;

use super::saved;
use crate::world::{Answer, World, create_branch};
use model::{Account, PageContext, PageName, Projects, UserCredentials};

const REPOSITORY: &str = "repository=acme+octo-org/hello";

pub(super) async fn world() -> World {
    let world = World::new().await;
    saved(&world, "ann").await;
    world.provider.holds("octo-org/hello");
    world
}

/// The dialog with a repository chosen.
pub(super) async fn chosen(world: &World, context: PageContext) -> String {
    let path = world.begun(&world.page_link("ann", context).await).await;
    world.post(&path, REPOSITORY).await.expect(303, &[]);
    path
}

/// The form of a dialog as a browser would send it by its last button.
pub(super) fn filled_in(page: &Answer) -> String {
    let of = |input: &str, name: &str| {
        let (_, rest) = input.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let inputs = page.body.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    let sent = inputs.filter(|input| !input.contains("type=\"checkbox\""));
    let pairs = sent.filter_map(|input| Some((of(input, "name")?, of(input, "value")?)));
    let not_proof = pairs.filter(|(name, _)| name != "proof");
    form_urlencoded::Serializer::new(String::new()).extend_pairs(not_proof).finish()
}

#[tokio::test]
async fn what_was_only_suggested_is_suggested_anew_for_another_repository() {
    let world = world().await;
    let path = chosen(&world, create_branch("ABC-1")).await;
    let shown = filled_in(&world.get(&path).await);
    assert!(shown.contains("suggested-name="), "{shown}");
    // The template changes, as it is another integration's: what was left as it was is no more than a suggestion.
    world.post(&path, &format!("{shown}&change=yes")).await.expect(303, &[]);
    world.change_integration(|one| one.naming.template = Some("acme/${issuekey}".parse().unwrap())).await;
    world.post(&path, REPOSITORY).await.expect(303, &[]);
    world.get(&path).await.expect(200, &["value=\"acme/ABC-1\""]);
    // What was typed stays.
    let typed = filled_in(&world.get(&path).await).replace("name=acme%2FABC-1", "name=mine%2FABC-1");
    world.post(&path, &format!("{typed}&change=yes")).await.expect(303, &[]);
    world.post(&path, REPOSITORY).await.expect(303, &[]);
    world.get(&path).await.expect(200, &["value=\"mine/ABC-1\""]).lacks(&["suggested-name"]);
}

#[tokio::test]
async fn nothing_is_created_in_another_accounts_name_than_the_page_said() {
    let world = world().await;
    let path = chosen(&world, create_branch("ABC-1")).await;
    let form = filled_in(&world.get(&path).await);
    assert!(form.contains("as-account=id+of+octo"), "{form}");
    // In another window she saves a token of another account.
    world.provider.knows("hexa");
    let link = world.link("ann").await;
    world.post_and_see(&link, "user=hexa&token=ghp_0123456789abcdef").await.expect(200, &["hexa"]);
    let refused = world.post(&path, &form).await;
    refused.expect(422, &["The account in whose name this is created was changed meanwhile"]);
    assert_eq!(world.provider.made(), Vec::<String>::new());
}

#[tokio::test]
async fn nothing_is_created_in_a_name_that_a_form_makes_up() {
    let world = world().await;
    let path = chosen(&world, create_branch("ABC-1")).await;
    let form = filled_in(&world.get(&path).await);
    world
        .post(&path, &form.replace("as-account=id+of+octo", "as-account=id+of+hexa"))
        .await
        .expect(422, &["Not created"]);
    // What is neither hers nor the integration's is hers: never the one that she was not asked about.
    world.remove_pat("ann").await;
    let forged = form.replace("act-as=user", "act-as=auto").replace("as-account=id+of+octo", "");
    world.post(&path, &forged).await.expect(422, &["Not created"]);
    assert_eq!(world.provider.made(), Vec::<String>::new());
}

#[tokio::test]
async fn whoever_saves_the_integrations_own_account_is_told_so() {
    let world = world().await;
    world.provider.knows("robot");
    let robot = |account: &str| Some(Account { id: format!("id of {account}"), login: account.into() });
    world.change_integration(|one| one.account = robot("robot")).await;
    let link = world.link("ann").await;
    let saved = world.post_and_see(&link, "user=robot&token=ghp_0123456789abcdef").await;
    saved.expect(200, &["This is the integration account, which others act as too"]);
    world.provider.knows("octo");
    let link = world.link("ann").await;
    let saved = world.post_and_see(&link, "user=octo&token=ghp_0123456789abcdef").await;
    saved.expect(200, &["octo"]).lacks(&["This is the integration account"]);
}

#[tokio::test]
async fn a_token_that_is_missing_no_more_is_not_asked_for() {
    let world = world().await;
    let path = chosen(&world, create_branch("ABC-1")).await;
    let form = filled_in(&world.get(&path).await).replace("act-as=user", "act-as=integration");
    world.change_integration(|one| one.rules.require_user_pat = true).await;
    let refused = world.post(&path, &form).await;
    refused.expect(422, &["In whose name this is created has changed", "With your own token, as"]);
    refused.lacks(&["Save yours"]);
}

#[tokio::test]
async fn where_a_token_is_missing_now_it_is_said_that_nothing_was_created_and_all_is_kept() {
    let world = world().await;
    let path = chosen(&world, create_branch("ABC-1")).await;
    let form = filled_in(&world.get(&path).await);
    world.remove_pat("ann").await;
    world.change_integration(|one| one.rules.require_user_pat = true).await;
    world.post(&path, &form).await.expect(422, &["<strong>Not created</strong>", "What you typed is kept"]);
}

#[tokio::test]
async fn where_nobody_can_have_the_token_that_the_rule_asks_for_it_is_said_who_can_mend_it() {
    let world = world().await;
    let path = chosen(&world, create_branch("ABC-1")).await;
    world.remove_pat("ann").await;
    world
        .change_integration(|one| {
            one.connection.user_credentials = UserCredentials::Unsupported("version 2013 has none".into());
            one.rules.require_user_pat = true;
        })
        .await;
    let page = world.get(&path).await;
    page.expect(
        200,
        &["version 2013 has none", "Require User PAT is on all the same", "an administrator of Countersign"],
    );
}

#[tokio::test]
async fn where_the_integration_of_a_link_is_closed_another_can_be_chosen() {
    let world = world().await;
    let context = create_branch("ABC-1");
    let path = chosen(&world, PageContext { integration: Some("acme".parse().unwrap()), ..context }).await;
    world.change_integration(|one| one.projects = Projects::Only(Vec::new())).await;
    let led = world.get(&path).await;
    led.expect(303, &[]);
    world.get(led.location()).await.expect(200, &["is not open to this project any more"]);
    world
        .get(&format!("{path}?find="))
        .await
        .expect(200, &["No repository was found."])
        .lacks(&["no such integration"]);
}

#[tokio::test]
async fn only_branches_of_the_issue_itself_are_taken_for_its_own() {
    let world = world().await;
    world.provider.holds("octo-org/hello");
    let context = PageContext { page: PageName::CreatePullRequest, ..create_branch("ABC-1") };
    let path = chosen(&world, context).await;
    let page = world.get(&path).await;
    page.expect(200, &["name=\"source\""]).lacks(&["value=\"bugfix/ABC-10"]);
}
