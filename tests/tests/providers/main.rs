//! One suite that every kind of integration passes, unchanged: through the daemon's HTTP API, with the provider's component in
//! the sandbox and the stand-in of its git server behind it.
//!
//! A row is a promise, generic over the git server. What a git server does not have is told by its [`Server`] with the reason,
//! in one table (`differences.rs`), and the row then checks nothing but says so.

mod azure_devops_replies;
mod branches;
mod codecommit_policy;
mod comparison;
mod components;
mod credentials;
mod differences;
mod elsewhere;
mod failures;
mod gitlab_templates;
mod lists;
mod lost_answers;
mod moved;
mod policy;
mod pull_requests;
mod refusals;
mod unencrypted;
mod without_pats;

use countersign_tests::daemon::{
    AzureServer, CodeCommitServer, Daemon, GitHubServer, GitLabServer, Holder, MAIN, Place, Server, User,
};
use countersign_tests::standin::StandIn as _;

/// Every row on one git server.
macro_rules! suite {
    ($module:ident, $server:expr) => {
        mod $module {
            use super::*;

            suite!(@row $server; policy::the_matrix);
            suite!(@row $server; credentials::a_good_one_is_told_in_full_and_kept);
            suite!(@row $server; credentials::its_end_is_known_where_the_server_tells_it);
            suite!(@row $server; credentials::one_the_server_refuses_is_not_kept);
            suite!(@row $server; credentials::one_of_another_account_is_told);
            suite!(@row $server; credentials::with_the_server_out_of_reach_it_is_kept_only_when_the_user_says_so);
            suite!(@row $server; credentials::one_of_another_account_is_told_when_it_is_checked_later);
            suite!(@row $server; credentials::expired_after_saving);
            suite!(@row $server; credentials::revoked_after_saving);
            suite!(@row $server; credentials::forgotten_by_the_server_too);
            suite!(@row $server; credentials::the_forms_for_one_are_filled_in);
            suite!(@row $server; lists::repositories_page_by_page);
            suite!(@row $server; lists::branches_page_by_page);
            suite!(@row $server; lists::no_page_is_larger_than_asked_for);
            suite!(@row $server; lists::an_empty_repository);
            suite!(@row $server; branches::created_and_deleted);
            suite!(@row $server; branches::one_that_stands_already);
            suite!(@row $server; branches::a_missing_base);
            suite!(@row $server; branches::an_invalid_name);
            suite!(@row $server; branches::a_protected_name);
            suite!(@row $server; branches::one_in_the_way_of_another);
            suite!(@row $server; branches::in_an_empty_repository);
            suite!(@row $server; comparison::what_a_source_has_that_its_target_has_not);
            suite!(@row $server; comparison::of_what_is_not_there);
            suite!(@row $server; pull_requests::created);
            suite!(@row $server; pull_requests::one_that_is_open_already);
            suite!(@row $server; pull_requests::a_missing_branch);
            suite!(@row $server; pull_requests::nothing_to_merge);
            suite!(@row $server; pull_requests::with_texts_of_its_issue);
            suite!(@row $server; pull_requests::with_a_text_longer_than_the_server_takes);
            suite!(@row $server; pull_requests::as_a_draft);
            suite!(@row $server; pull_requests::with_reviewers);
            suite!(@row $server; failures::a_credential_that_cannot_write);
            suite!(@row $server; failures::no_access_to_the_repository);
            suite!(@row $server; failures::a_repository_that_is_not_there);
            suite!(@row $server; failures::a_renamed_repository);
            suite!(@row $server; failures::an_archived_repository);
            suite!(@row $server; failures::a_rate_limit);
            suite!(@row $server; failures::an_outage);
            suite!(@row $server; refusals::every_row_is_told_as_what_it_means);
            suite!(@row $server; lost_answers::a_branch);
            suite!(@row $server; lost_answers::a_pull_request);
            suite!(@row $server; lost_answers::a_deletion);
            suite!(@row $server; lost_answers::a_deletion_asked_again);
            suite!(@row $server; lost_answers::in_a_repository_spelt_otherwise);
            suite!(@row $server; lost_answers::two_at_once_in_a_repository_spelt_otherwise);
            suite!(@row $server; lost_answers::two_deletions_at_once);
            suite!(@row $server; lost_answers::a_branch_whose_base_moved_on);
            suite!(@row $server; lost_answers::what_another_lost);
            suite!(@row $server; lost_answers::a_refusal_of_everything);
            suite!(@row $server; lost_answers::an_answer_that_was_held_back);
            suite!(@row $server; moved::by_an_administrator);
            suite!(@row $server; moved::by_a_row_edited);
        }
    };
    (@row $server:expr; $file:ident::$row:ident) => {
        #[tokio::test]
        async fn $row() {
            $file::$row($server).await;
        }
    };
}

suite!(github, GitHubServer::Cloud);
suite!(github_enterprise, GitHubServer::Enterprise);
suite!(gitlab, GitLabServer::Cloud);
suite!(gitlab_self_managed, GitLabServer::SelfManaged);
suite!(azure_devops, AzureServer::Services);
suite!(vsts, AzureServer::VisualStudio);
suite!(tfs, AzureServer::Server2022);
suite!(tfs_2018, AzureServer::Tfs2018);
suite!(codecommit, CodeCommitServer);

/// Goes on with what a git server has; a row about what it does not have ends with the reason.
macro_rules! or_reason {
    ($server:expr, $has:expr) => {
        match $has {
            Ok(value) => value,
            Err(reason) => {
                println!("not for {}: {reason}", $server.kind());
                return;
            }
        }
    };
}
use or_reason;

/// A user with her credential saved, and nothing recorded yet.
async fn with<S: Server>(daemon: &Daemon<S>, of: Holder) -> User {
    let user = daemon.as_user("ann");
    user.save_credential(MAIN, &daemon.credential(of)).await.expect(200);
    daemon.stand_in().record().clear();
    user
}

fn widgets<S: Server>(server: S) -> &'static str {
    server.repository(Place::Widgets).expect("every scene has widgets")
}
