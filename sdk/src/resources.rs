//! What an author of a provider writes about each resource of a git server: one trait each, to be implemented on the
//! [`Api`](crate::GitServer::Api), best in a file of its own.
//!
//! An operation is given names that users and servers chose; only the repository's id was read before. What each one
//! promises is written in `wit/provider.wit`; this file must not promise more.

use std::str::FromStr;

use crate::types::{
    Branch, BranchPage, Comparison, CreatedBranch, CreatedPullRequest, Deletion, Failure, FailureReason, Identity,
    NewBranch, NewPullRequest, PullRequestPage, Repository, RepositoryPage, Revocation,
};

/// Most pages the default [`Branches::find_branch`] reads: enough for thousands of branches that share a name's
/// letters, few enough for the host's limit on requests per call.
const MAX_FIND_PAGES: usize = 20;
/// Branches of each: the most the host would ask for.
const FIND_PAGE_SIZE: u32 = 100;

/// The account behind the credential.
pub trait Accounts {
    /// Whose credential this is, what it may do, when it ends.
    fn whoami(&self) -> Result<Identity, Failure>;

    /// Has the server forget the credential. By default the server is one that cannot.
    fn revoke_credential(&self) -> Result<Revocation, Failure> {
        Ok(Revocation::Unsupported)
    }
}

/// The repositories the credential can see.
pub trait Repositories {
    /// What names a repository to this server. Every operation on one is given it, read from the text the host knows; a
    /// text that is none ends the call with the `Failure` it gives, `not-found` as a rule.
    type RepositoryId: FromStr<Err = Failure>;

    /// One page of all, at most `limit`, only those whose name contains `query` where it is given.
    fn list_repositories(
        &self,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<RepositoryPage, Failure>;

    /// The repository of this id, as it is called now.
    fn get_repository(&self, id: &Self::RepositoryId) -> Result<Repository, Failure>;
}

/// The branches of one repository.
pub trait Branches: Repositories {
    /// One page of them, at most `limit`, only those that match `query` where it is given. A branch whose name *is* the
    /// query must be among the matches.
    fn list_branches(
        &self,
        id: &Self::RepositoryId,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<BranchPage, Failure>;

    /// The branch of exactly this name; none when the repository is visible and has no such branch.
    ///
    /// By default it reads pages of [`Branches::list_branches`]. Override it where the server can be asked directly.
    fn find_branch(&self, id: &Self::RepositoryId, name: &str) -> Result<Option<Branch>, Failure> {
        let mut cursor = None;
        for _ in 0..MAX_FIND_PAGES {
            let page = self.list_branches(id, Some(name), cursor.as_deref(), FIND_PAGE_SIZE)?;
            if let Some(branch) = page.items.into_iter().find(|branch| branch.name == name) {
                return Ok(Some(branch));
            }
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(None),
            }
        }
        Err(Failure::new(
            FailureReason::UnexpectedReply,
            format!(
                "Branch `{name}` was not among the first {MAX_FIND_PAGES} pages of its matches, and there are more."
            ),
        ))
    }

    /// Creates a branch, sending the creating request at most once.
    fn create_branch(&self, id: &Self::RepositoryId, new: &NewBranch) -> Result<CreatedBranch, Failure>;

    /// Deletes a branch. That it was absent is a success.
    fn delete_branch(&self, id: &Self::RepositoryId, name: &str) -> Result<Deletion, Failure>;
}

/// The pull requests within one repository.
pub trait PullRequests: Branches {
    /// Whether there is anything on `source` that `target` has not; `base-missing` where one of them is missing.
    ///
    /// By default it looks where the two stand, and cannot tell where that is not the same commit. Override it where the
    /// server compares.
    fn compare_branches(&self, id: &Self::RepositoryId, source: &str, target: &str) -> Result<Comparison, Failure> {
        let tip = |name: &str| match self.find_branch(id, name)? {
            Some(branch) => Ok(branch.commit),
            None => {
                Err(Failure::new(FailureReason::BaseMissing(name.to_owned()), format!("There is no branch `{name}`.")))
            }
        };
        let (source, target) = (tip(source)?, tip(target)?);
        Ok(if source.is_some() && source == target { Comparison::Nothing } else { Comparison::CannotTell })
    }

    /// Creates one, sending the creating request at most once; one that is open already is a success.
    fn create_pull_request(&self, id: &Self::RepositoryId, new: &NewPullRequest)
    -> Result<CreatedPullRequest, Failure>;

    /// The text the repository wants a new one to `target` to start from. By default the server knows no such thing.
    fn pull_request_template(&self, _id: &Self::RepositoryId, _target: &str) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    /// One page of the open ones from `source`, and to `target` where it is given.
    fn find_pull_requests(
        &self,
        id: &Self::RepositoryId,
        source: &str,
        target: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<PullRequestPage, Failure>;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Has branches `1` to `.0`, one on each page.
    struct Pages(usize);

    struct Anything;

    impl FromStr for Anything {
        type Err = Failure;

        fn from_str(_: &str) -> Result<Self, Failure> {
            Ok(Self)
        }
    }

    impl Repositories for Pages {
        type RepositoryId = Anything;

        fn list_repositories(&self, _: Option<&str>, _: Option<&str>, _: u32) -> Result<RepositoryPage, Failure> {
            unreachable!("nothing but branches is asked for")
        }

        fn get_repository(&self, _: &Anything) -> Result<Repository, Failure> {
            unreachable!("nothing but branches is asked for")
        }
    }

    impl Branches for Pages {
        fn list_branches(
            &self,
            _: &Anything,
            _: Option<&str>,
            cursor: Option<&str>,
            _: u32,
        ) -> Result<BranchPage, Failure> {
            let number = cursor.map_or(1, |cursor| cursor.parse().unwrap());
            let name = number.to_string();
            let branch = Branch { name, commit: None, is_default: None, is_protected: None, web_url: None };
            Ok(BranchPage { items: vec![branch], next: (number < self.0).then(|| (number + 1).to_string()) })
        }

        fn create_branch(&self, _: &Anything, _: &NewBranch) -> Result<CreatedBranch, Failure> {
            unreachable!("nothing is changed")
        }

        fn delete_branch(&self, _: &Anything, _: &str) -> Result<Deletion, Failure> {
            unreachable!("nothing is changed")
        }
    }

    impl PullRequests for Pages {
        fn create_pull_request(&self, _: &Anything, _: &NewPullRequest) -> Result<CreatedPullRequest, Failure> {
            unreachable!("nothing is changed")
        }

        fn find_pull_requests(
            &self,
            _: &Anything,
            _: &str,
            _: Option<&str>,
            _: Option<&str>,
        ) -> Result<PullRequestPage, Failure> {
            unreachable!("nothing but branches is asked for")
        }
    }

    #[test]
    fn a_branch_is_found_on_whichever_page_it_is_by_its_whole_name() {
        let find = |name| Pages(15).find_branch(&Anything, name).unwrap().map(|branch| branch.name);
        assert_eq!(find("1").as_deref(), Some("1"));
        assert_eq!(find("15").as_deref(), Some("15"));
        assert_eq!(find("16"), None);
    }

    #[test]
    fn branches_at_commits_that_nobody_knows_are_not_taken_for_equal() {
        assert_eq!(Pages(3).compare_branches(&Anything, "1", "2"), Ok(Comparison::CannotTell));
        let failure = Pages(3).compare_branches(&Anything, "1", "4").unwrap_err();
        assert_eq!(failure.reason, FailureReason::BaseMissing("4".into()));
    }

    #[test]
    fn a_search_without_an_end_is_given_up_and_called_no_absence() {
        let failure = Pages(usize::MAX).find_branch(&Anything, "x").unwrap_err();
        assert_eq!(failure.reason, FailureReason::UnexpectedReply);
    }
}
