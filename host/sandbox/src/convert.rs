//! Between the contract's values and the model's, for operations and their answers; what a provider says of itself and of
//! an integration is read in `convert/description.rs`.

mod description;
mod untrusted;

pub use self::untrusted::{MAX_NAME_BYTES, MAX_TEXT_BYTES};
use self::untrusted::{MAX_PARTS, Read, link, list, malformed, name, readable, reference, shown, text};
use super::bindings::countersign::provider::types as wit;
use super::link::Last;
use model::{
    Account, Again, Branch, Comparison, CreatedBranch, CreatedPullRequest, Deletion, Expiry, Failure, FailureReason,
    FieldError, Identity, NewPullRequest, Page, PageLimit, Permission, PermissionState, PullRequest, Repository,
    RepositoryId, Revocation, Settings, Standing, Timestamp, Wait,
};

pub(super) use self::description::{connection, description, field_errors, unaddressed};
pub use self::untrusted::Malformed;

/// Longest cursor, in bytes: it travels in the query of a URL.
const MAX_CURSOR_BYTES: usize = 2048;
/// Longest pull request template, in bytes: it leaves room for a description of one's own behind it.
const MAX_TEMPLATE_BYTES: usize = 32 << 10;
/// What editors put before a file in UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';
/// What is said of a list of repositories from which some are left out: to work with one, all that is known of it has to be right.
const UNREADABLE: &str = "Some repositories are left out: what the git server tells of them (an address, the name of a default \
                          branch) cannot be one.";
/// Most pull requests of one page: how many that is, the git server decides.
const MAX_PULL_REQUESTS: usize = 1000;

// --- to the provider -----------------------------------------------------------------------------------------------------

pub(super) fn settings(settings: &Settings) -> Vec<wit::FieldValue> {
    let value = |(name, value): (&String, &String)| wit::FieldValue { name: name.clone(), value: value.clone() };
    settings.iter().map(value).collect()
}

pub(super) fn new_pull_request(new: &NewPullRequest) -> wit::NewPullRequest {
    wit::NewPullRequest {
        title: new.title.as_str().to_owned(),
        source: new.source.to_string(),
        target: new.target.to_string(),
        description: new.description.as_ref().map(|text| text.as_str().to_owned()),
        draft: new.draft,
        reviewers: new.reviewers.clone(),
        attempt_token: new.attempt_token.clone(),
    }
}

// --- accounts ----------------------------------------------------------------------------------------------------------------

fn account(from: wit::Account) -> Read<Account> {
    let id = name("an account's id", from.id)?;
    let login = shown(&from.login);
    Ok(Account { login: if login.is_empty() { shown(&id) } else { login }, id })
}

/// Beside what was done: nothing of it is a reason to call that undone.
fn account_if_any(from: Option<wit::Account>) -> Option<Account> {
    from.and_then(|from| account(from).ok())
}

pub(super) fn identity(from: wit::Identity) -> Read<Identity> {
    let permission = |from: wit::Permission| {
        let state = match from.state {
            wit::PermissionState::Present => PermissionState::Present,
            wit::PermissionState::Absent => PermissionState::Absent,
            wit::PermissionState::CannotTell => PermissionState::CannotTell,
        };
        Ok(Permission { name: name("a permission", from.name)?, state })
    };
    Ok(Identity {
        account: account(from.account)?,
        permissions: list("the permissions", from.permissions, MAX_PARTS, permission)?,
        expiry: match from.expiry {
            wit::Expiry::At(seconds) => Expiry::At(Timestamp::from_unix_seconds(seconds)),
            wit::Expiry::Never => Expiry::Never,
            wit::Expiry::Unknown => Expiry::Unknown,
        },
    })
}

// --- repositories, branches, pull requests -----------------------------------------------------------------------------------

fn cursor(cursor: Option<String>) -> Read<Option<String>> {
    cursor.map(|cursor| text("a cursor", cursor, MAX_CURSOR_BYTES)).transpose()
}

pub(super) fn repositories(from: wit::RepositoryPage, limit: PageLimit) -> Read<Page<Repository>> {
    let most = limit.items() as usize;
    let (items, some_are_missing) = readable("the repositories of a page", from.items, most, repository)?;
    let unreadable = some_are_missing.then(|| UNREADABLE.to_owned());
    Ok(Page { items, next: cursor(from.next)?, partial: from.partial.map(|why| shown(&why)).or(unreadable) })
}

pub(super) fn repository(from: wit::Repository) -> Read<Repository> {
    let Ok(id) = RepositoryId::parse(from.id) else {
        return malformed("a repository's id", "is not one");
    };
    let name = shown(&from.name);
    Ok(Repository {
        name: if name.is_empty() { shown(&id.to_string()) } else { name },
        id,
        default_branch: from.default_branch.map(|branch| reference("a default branch", branch)).transpose()?,
        web_url: link("a repository's address", &from.web_url)?,
        is_private: from.is_private,
        is_read_only: from.is_read_only,
    })
}

pub(super) fn branches(from: wit::BranchPage, limit: PageLimit) -> Read<Page<Branch>> {
    let (items, _) = readable("the branches of a page", from.items, limit.items() as usize, branch)?;
    Ok(Page { items, next: cursor(from.next)?, partial: None })
}

/// A branch that was asked for by its name, or made: where it stands is known.
pub(super) fn branch_at_its_tip(from: wit::Branch) -> Read<Branch> {
    match from.commit {
        Some(_) => branch(from),
        None => malformed("a commit id", "is missing"),
    }
}

fn branch(from: wit::Branch) -> Read<Branch> {
    let commit = from.commit.map(commit_id).transpose()?;
    Ok(Branch {
        name: reference("a branch name", from.name)?,
        commit,
        is_default: from.is_default,
        is_protected: from.is_protected,
        web_url: from.web_url.and_then(|url| link("a branch's address", &url).ok()),
    })
}

fn commit_id(commit: String) -> Read<String> {
    let commit = name("a commit id", commit)?;
    if !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return malformed("a commit id", "is not hexadecimal");
    }
    Ok(commit)
}

pub(super) fn created_branch(from: wit::CreatedBranch) -> Read<CreatedBranch> {
    Ok(CreatedBranch {
        branch: branch_at_its_tip(from.branch)?,
        standing: Standing::of(from.existed),
        credited_to: account_if_any(from.credited_to),
    })
}

pub(super) fn deletion(from: wit::Deletion) -> Read<Deletion> {
    Ok(match from {
        wit::Deletion::Deleted => Deletion::Deleted,
        wit::Deletion::WasAbsent => Deletion::WasAbsent,
    })
}

pub(super) fn comparison(from: wit::Comparison) -> Read<Comparison> {
    Ok(match from {
        wit::Comparison::Nothing => Comparison::Nothing,
        // It would be nothing, and that has a word of its own.
        wit::Comparison::Ahead(Some(0)) => return malformed("the number of commits", "is zero"),
        wit::Comparison::Ahead(commits) => Comparison::Ahead(commits),
        wit::Comparison::CannotTell => Comparison::CannotTell,
    })
}

pub(super) fn revocation(from: wit::Revocation) -> Read<Revocation> {
    Ok(match from {
        wit::Revocation::Revoked => Revocation::Revoked,
        wit::Revocation::Unsupported => Revocation::Unsupported,
    })
}

/// Somebody's file: what a description cannot hold is taken out of it, and what is too long is none.
pub(super) fn pull_request_template(from: Option<String>) -> Read<Option<String>> {
    let allowed = |char: &char| !char.is_control() || matches!(char, '\n' | '\t');
    let clean = |text: String| text.trim_start_matches(BYTE_ORDER_MARK).chars().filter(allowed).collect();
    Ok(from.filter(|text| text.len() <= MAX_TEMPLATE_BYTES).map(clean))
}

pub(super) fn pull_requests(from: wit::PullRequestPage) -> Read<Page<PullRequest>> {
    let items = list("the pull requests of a page", from.items, MAX_PULL_REQUESTS, pull_request)?;
    Ok(Page { items, next: cursor(from.next)?, partial: None })
}

fn pull_request(from: wit::PullRequest) -> Read<PullRequest> {
    Ok(PullRequest {
        number: name("a pull request's number", from.number)?,
        title: shown(&from.title),
        web_url: link("a pull request's address", &from.web_url)?,
        source: reference("a source branch", from.source)?,
        target: reference("a target branch", from.target)?,
        draft: from.draft,
        author: account_if_any(from.author),
    })
}

pub(super) fn created_pull_request(from: wit::CreatedPullRequest) -> Read<CreatedPullRequest> {
    Ok(CreatedPullRequest {
        pull_request: pull_request(from.pull_request)?,
        standing: Standing::of(from.existed),
        notes: from.notes.iter().take(MAX_PARTS).map(|note| shown(note)).collect(),
    })
}

// --- failures ------------------------------------------------------------------------------------------------------------------

/// `last`: what became of the last request of its call, which ended `now`.
pub(super) fn failure(from: wit::Failure, last: Last, now: Timestamp, redact: impl Fn(String) -> String) -> Failure {
    let say = |text| shown(&redact(text));
    let mut said = None;
    let reason = match from.reason {
        wit::FailureReason::CredentialRejected => FailureReason::CredentialRejected,
        wit::FailureReason::PermissionMissing(which) => FailureReason::PermissionMissing(say(which)),
        wit::FailureReason::SsoAuthorizationRequired => FailureReason::SsoAuthorizationRequired,
        wit::FailureReason::NotFound(what) => FailureReason::NotFound(say(what)),
        wit::FailureReason::AlreadyExists(what) => FailureReason::AlreadyExists(say(what)),
        wit::FailureReason::BaseMissing(which) => FailureReason::BaseMissing(say(which)),
        wit::FailureReason::NameInvalid => FailureReason::NameInvalid,
        wit::FailureReason::NothingToMerge => FailureReason::NothingToMerge,
        wit::FailureReason::Protected => FailureReason::Protected,
        wit::FailureReason::ReadOnly => FailureReason::ReadOnly,
        wit::FailureReason::RateLimited(wait) => {
            said = match wait {
                wit::Wait::Seconds(seconds) => Some(Wait::Seconds(seconds)),
                wit::Wait::Until(seconds) => Some(Wait::Until(Timestamp::from_unix_seconds(seconds))),
                wit::Wait::Unknown => None,
            };
            FailureReason::RateLimited
        }
        wit::FailureReason::Unavailable => {
            said = last.wait.filter(|_| from.status.is_some());
            FailureReason::Unavailable
        }
        wit::FailureReason::OutcomeUnknown => FailureReason::OutcomeUnknown,
        wit::FailureReason::Misconfigured(setting) => {
            FailureReason::Misconfigured(FieldError { field: say(setting.field), message: say(setting.message) })
        }
        wit::FailureReason::UnexpectedReply => FailureReason::UnexpectedReply,
    };
    Failure {
        unreached: last.unreached.filter(|_| reason == FailureReason::Unavailable && from.status.is_none()),
        reason,
        message: say(from.message),
        status: from.status,
        help_url: from.help_url.and_then(|url| link("a help page", &url).ok()),
        again: said.and_then(|wait| Again::said(wait, now)),
        is_a_page: last.is_a_page && from.status.is_some(),
        change_sent: false,
        not_looked_up: false,
        may_be_own: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_repository(id: &str) -> wit::Repository {
        wit::Repository {
            id: id.into(),
            name: id.into(),
            default_branch: Some("main".into()),
            web_url: "https://git.example/a".into(),
            is_private: false,
            is_read_only: false,
        }
    }

    fn a_branch(name: &str, commit: &str) -> wit::Branch {
        let commit = Some(commit.into());
        wit::Branch { name: name.into(), commit, is_default: None, is_protected: None, web_url: None }
    }

    #[test]
    fn v12_one_odd_entry_of_a_list_is_left_out_and_that_is_said() {
        let page = |odd| {
            let items = vec![a_repository("a"), odd, a_repository("b")];
            repositories(wit::RepositoryPage { items, next: None, partial: None }, PageLimit::MOST).unwrap()
        };
        for odd in [
            wit::Repository { web_url: "javascript:alert(1)".into(), ..a_repository("odd") },
            wit::Repository { web_url: format!("https://git.example/{}", "x".repeat(3000)), ..a_repository("odd") },
            wit::Repository { default_branch: Some("a\u{7f}b".into()), ..a_repository("odd") },
            wit::Repository { default_branch: Some(String::new()), ..a_repository("odd") },
            a_repository(""),
            a_repository("a\nb"),
        ] {
            let page = page(odd);
            assert_eq!(page.items.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
            assert_eq!(page.partial.as_deref(), Some(UNREADABLE));
        }
        let cleaned = page(wit::Repository { name: "x\u{0}\n".repeat(3000), ..a_repository("odd") });
        assert_eq!((cleaned.items.len(), cleaned.partial), (3, None), "a name is for people");
        let many = vec![a_repository("a"); 101];
        assert!(repositories(wit::RepositoryPage { items: many, next: None, partial: None }, PageLimit::MOST).is_err());
    }

    #[test]
    fn v12_a_branch_that_cannot_be_one_is_left_out_of_a_list_and_refused_by_itself() {
        for odd in [a_branch("", "aa"), a_branch("a\nb", "aa"), a_branch("odd", "no commit")] {
            let items = vec![a_branch("main", "aa"), odd.clone()];
            let page = branches(wit::BranchPage { items, next: None }, PageLimit::MOST).unwrap();
            assert_eq!(page.items.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["main"]);
            assert!(branch_at_its_tip(odd).is_err());
        }
    }
}
