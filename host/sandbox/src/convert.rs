//! Between the contract's values and the model's. What comes from a provider is untrusted: every text is bounded, every
//! name checked, every address one that a page may link to.

use super::bindings::countersign::provider::types as wit;
use model::{
    Account, AwsOrigin, BasicUser, Branch, BranchRules, Connection, CreatedBranch, CreatedPullRequest, Deletion,
    Description, Expiry, Failure, FailureReason, Field, FieldError, Identity, Input, Kind, KindId, NeededPermission,
    NewPullRequest, Origin, Page, Permission, PermissionState, ProviderId, PullRequest, Repository, RepositoryId,
    Revocation, Scheme, Settings, TextLimits, Timestamp, UserCredentials, Wait,
};

/// Longest short text (a name, a login, a title) taken from a provider, in bytes.
const MAX_NAME_BYTES: usize = 1024;
/// Longest sentence or address, in bytes. Failure messages are cut to it; anything else that is longer is refused.
const MAX_TEXT_BYTES: usize = 2048;
/// Longest cursor, in bytes: it travels in the query of a URL.
const MAX_CURSOR_BYTES: usize = 2048;
/// Longest pull request template, in bytes: it leaves room for a description of one's own behind it.
const MAX_TEMPLATE_BYTES: usize = 32 << 10;
/// Most items of one page.
const MAX_PAGE_ITEMS: usize = 1000;
/// Most kinds, fields of a form, origins, permissions, choices.
const MAX_PARTS: usize = 64;

/// What is wrong with a value a provider returned. Never holds the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {problem}")]
pub struct Malformed {
    what: &'static str,
    problem: &'static str,
}

type Read<T> = Result<T, Malformed>;

fn malformed<T>(what: &'static str, problem: &'static str) -> Read<T> {
    Err(Malformed { what, problem })
}

// --- texts -----------------------------------------------------------------------------------------------------------

fn text(what: &'static str, text: String, max_bytes: usize) -> Read<String> {
    if text.len() > max_bytes {
        return malformed(what, "is too long");
    }
    if text.chars().any(char::is_control) {
        return malformed(what, "holds control characters");
    }
    Ok(text)
}

fn name(what: &'static str, value: String) -> Read<String> {
    if value.is_empty() {
        return malformed(what, "is empty");
    }
    text(what, value, MAX_NAME_BYTES)
}

/// An address a page may link to.
fn web_url(what: &'static str, value: String) -> Read<String> {
    let value = text(what, value, MAX_TEXT_BYTES)?;
    match url::Url::parse(&value) {
        Ok(url) if matches!(url.scheme(), "https" | "http") && url.username().is_empty() => Ok(value),
        _ => malformed(what, "is not a web address"),
    }
}

/// A message for people: cut and cleaned rather than refused, for it says why something failed.
fn message(message: String, redact: impl FnOnce(String) -> String) -> String {
    redact(message)
        .chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .take(MAX_TEXT_BYTES / 4)
        .collect::<String>()
        .trim()
        .to_owned()
}

fn list<T, U>(what: &'static str, items: Vec<T>, max: usize, read: impl FnMut(T) -> Read<U>) -> Read<Vec<U>> {
    if items.len() > max {
        return malformed(what, "are too many");
    }
    items.into_iter().map(read).collect()
}

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

// --- what a provider is ----------------------------------------------------------------------------------------------------

pub(super) fn description(from: wit::Description) -> Read<Description> {
    let Ok(id) = ProviderId::parse(from.id) else {
        return malformed("the provider's id", "is not one");
    };
    let kinds = list("the kinds", from.kinds, MAX_PARTS, kind)?;
    if kinds.is_empty() {
        return malformed("the list of kinds", "is empty");
    }
    if kinds.iter().enumerate().any(|(index, kind)| kinds[..index].iter().any(|other| other.id == kind.id)) {
        return malformed("the kinds", "are not told apart by their ids");
    }
    Ok(Description { id, version: name("the version", from.version)?, label: name("the label", from.label)?, kinds })
}

fn kind(from: wit::Kind) -> Read<Kind> {
    let Ok(id) = KindId::parse(from.id) else {
        return malformed("a kind's id", "is not one");
    };
    let credential = list("the fields of a credential", from.credential, MAX_PARTS, field)?;
    let scheme = scheme(from.scheme, &credential)?;
    Ok(Kind {
        id,
        label: name("a kind's label", from.label)?,
        settings: list("the settings", from.settings, MAX_PARTS, field)?,
        credential,
        scheme,
        permissions: list("the needed permissions", from.permissions, MAX_PARTS, needed_permission)?,
        credential_help: text("the help for a credential", from.credential_help, MAX_TEXT_BYTES)?,
        branch_rules: BranchRules {
            max_bytes: from.branch_rules.max_bytes,
            refuses_commit_ids: from.branch_rules.refuses_commit_ids,
            case_insensitive: from.branch_rules.case_insensitive,
        },
        text_limits: text_limits(from.text_limits)?,
    })
}

fn text_limits(from: wit::TextLimits) -> Read<TextLimits> {
    let limits = TextLimits { title_chars: from.title_chars, description_chars: from.description_chars };
    let least = TextLimits::LEAST;
    if limits.title_chars < least.title_chars || limits.description_chars < least.description_chars {
        return malformed("a kind's text limits", "are narrower than any git server's");
    }
    Ok(limits)
}

fn field(from: wit::Field) -> Read<Field> {
    let is_name = |text: &str| {
        (1..=32).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if !is_name(&from.name) {
        return malformed("a field's name", "is not one");
    }
    let input = match from.input {
        wit::Input::Text => Input::Text,
        wit::Input::Url => Input::Url,
        wit::Input::Secret => Input::Secret,
        wit::Input::Choice(choices) => {
            Input::Choice(list("the choices", choices, MAX_PARTS, |one| name("a choice", one))?)
        }
    };
    Ok(Field {
        name: from.name,
        label: name("a field's label", from.label)?,
        help: text("a field's help", from.help, MAX_TEXT_BYTES)?,
        required: from.required,
        input,
        example: text("a field's example", from.example, MAX_NAME_BYTES)?,
    })
}

fn needed_permission(from: wit::NeededPermission) -> Read<NeededPermission> {
    Ok(NeededPermission {
        name: name("a permission", from.name)?,
        needed_for: text("a permission's purpose", from.needed_for, MAX_NAME_BYTES)?,
    })
}

/// Every field a scheme names has to be in the form, and what proves who one is has to be secret there.
fn scheme(from: wit::Scheme, credential: &[Field]) -> Read<Scheme> {
    let known = |name: String, secret: bool| match credential.iter().find(|field| field.name == name) {
        None => malformed("the scheme", "names a field that is not in the credential's form"),
        Some(field) if secret && field.input != Input::Secret => {
            malformed("the scheme", "uses a field that is not secret")
        }
        Some(_) => Ok(name),
    };
    Ok(match from {
        wit::Scheme::Bearer(token) => Scheme::Bearer { token: known(token, true)? },
        wit::Scheme::Basic(basic) => Scheme::Basic {
            user: match basic.user {
                wit::BasicUser::Fixed(user) => BasicUser::Fixed(text("the scheme's user name", user, MAX_NAME_BYTES)?),
                wit::BasicUser::Field(field) => BasicUser::Field(known(field, false)?),
            },
            password: known(basic.password, true)?,
        },
        wit::Scheme::CustomHeader(header) => {
            Scheme::Header { name: header_name(header.name)?, value: known(header.value, true)? }
        }
        wit::Scheme::AwsSigv4(keys) => Scheme::AwsSigv4 {
            access_key_id: known(keys.access_key_id, false)?,
            secret_access_key: known(keys.secret_access_key, true)?,
            session_token: keys.session_token.map(|field| known(field, true)).transpose()?,
        },
    })
}

fn header_name(name: String) -> Read<String> {
    match http::header::HeaderName::try_from(name.as_str()) {
        Ok(_) => Ok(name),
        Err(_) => malformed("the scheme's header name", "is not one"),
    }
}

// --- an integration --------------------------------------------------------------------------------------------------------

pub(super) fn connection(from: wit::Connection) -> Read<Connection> {
    let origins = list("the origins", from.origins, MAX_PARTS, origin)?;
    if origins.is_empty() {
        return malformed("the list of origins", "is empty");
    }
    Ok(Connection {
        origins,
        web_url: web_url("the web address", from.web_url)?,
        credential_page: from.credential_page.map(|page| web_url("the credential page", page)).transpose()?,
        user_credentials: match from.user_credentials {
            wit::UserCredentials::Supported => UserCredentials::Supported,
            wit::UserCredentials::Unsupported(why) => {
                UserCredentials::Unsupported(text("the reason against user credentials", why, MAX_TEXT_BYTES)?)
            }
        },
    })
}

/// Brought into the one form in which origins are compared.
fn origin(from: wit::Origin) -> Read<Origin> {
    let Ok(url) = url::Url::parse(&from.url) else {
        return malformed("an origin", "is not an address");
    };
    let bare = matches!(url.scheme(), "https" | "http")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if !bare {
        return malformed("an origin", "is more than scheme, host and port");
    }
    let aws = from.aws.map(|aws| {
        Read::Ok(AwsOrigin { service: name("a service", aws.service)?, region: name("a region", aws.region)? })
    });
    Ok(Origin { url: url.origin().ascii_serialization(), aws: aws.transpose()? })
}

pub(super) fn field_errors(errors: Vec<wit::FieldError>) -> Vec<FieldError> {
    let read = |error: wit::FieldError| FieldError {
        field: message(error.field, |text| text),
        message: message(error.message, |text| text),
    };
    errors.into_iter().take(MAX_PARTS).map(read).collect()
}

// --- accounts ----------------------------------------------------------------------------------------------------------------

fn account(from: wit::Account) -> Read<Account> {
    Ok(Account { id: name("an account's id", from.id)?, login: name("an account's login", from.login)? })
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

pub(super) fn repositories(from: wit::RepositoryPage) -> Read<Page<Repository>> {
    Ok(Page {
        items: list("the repositories of a page", from.items, MAX_PAGE_ITEMS, repository)?,
        next: cursor(from.next)?,
        partial: from.partial.map(|why| text("the note on what is left out", why, MAX_TEXT_BYTES)).transpose()?,
    })
}

pub(super) fn repository(from: wit::Repository) -> Read<Repository> {
    let Ok(id) = RepositoryId::parse(from.id) else {
        return malformed("a repository's id", "is not one");
    };
    Ok(Repository {
        id,
        name: name("a repository's name", from.name)?,
        default_branch: from.default_branch.map(|branch| name("a default branch", branch)).transpose()?,
        web_url: web_url("a repository's address", from.web_url)?,
        is_private: from.is_private,
        is_read_only: from.is_read_only,
    })
}

pub(super) fn branches(from: wit::BranchPage) -> Read<Page<Branch>> {
    let items = list("the branches of a page", from.items, MAX_PAGE_ITEMS, branch)?;
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
        name: name("a branch name", from.name)?,
        commit,
        is_default: from.is_default,
        is_protected: from.is_protected,
        web_url: from.web_url.map(|url| web_url("a branch's address", url)).transpose()?,
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
        existed: from.existed,
        credited_to: from.credited_to.map(account).transpose()?,
    })
}

pub(super) fn deletion(from: wit::Deletion) -> Read<Deletion> {
    Ok(match from {
        wit::Deletion::Deleted => Deletion::Deleted,
        wit::Deletion::WasAbsent => Deletion::WasAbsent,
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
    Ok(from.filter(|text| text.len() <= MAX_TEMPLATE_BYTES).map(|text| text.chars().filter(allowed).collect()))
}

pub(super) fn pull_requests(from: wit::PullRequestPage) -> Read<Page<PullRequest>> {
    let items = list("the pull requests of a page", from.items, MAX_PAGE_ITEMS, pull_request)?;
    Ok(Page { items, next: cursor(from.next)?, partial: None })
}

fn pull_request(from: wit::PullRequest) -> Read<PullRequest> {
    Ok(PullRequest {
        number: name("a pull request's number", from.number)?,
        title: text("a pull request's title", from.title, MAX_TEXT_BYTES)?,
        web_url: web_url("a pull request's address", from.web_url)?,
        source: name("a source branch", from.source)?,
        target: name("a target branch", from.target)?,
        draft: from.draft,
        author: from.author.map(account).transpose()?,
    })
}

pub(super) fn created_pull_request(from: wit::CreatedPullRequest) -> Read<CreatedPullRequest> {
    let note = |note| Ok(message(note, |text| text));
    Ok(CreatedPullRequest {
        pull_request: pull_request(from.pull_request)?,
        existed: from.existed,
        notes: list("the notes", from.notes, MAX_PARTS, note)?,
    })
}

// --- failures ------------------------------------------------------------------------------------------------------------------

pub(super) fn failure(from: wit::Failure, redact: impl Fn(String) -> String) -> Failure {
    let say = |text| message(text, &redact);
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
        wit::FailureReason::RateLimited(wait) => FailureReason::RateLimited(match wait {
            wit::Wait::Seconds(seconds) => Wait::Seconds(seconds),
            wit::Wait::Until(seconds) => Wait::Until(Timestamp::from_unix_seconds(seconds)),
            wit::Wait::Unknown => Wait::Unknown,
        }),
        wit::FailureReason::Unavailable => FailureReason::Unavailable,
        wit::FailureReason::OutcomeUnknown => FailureReason::OutcomeUnknown,
        wit::FailureReason::Misconfigured(setting) => {
            FailureReason::Misconfigured(FieldError { field: say(setting.field), message: say(setting.message) })
        }
        wit::FailureReason::UnexpectedReply => FailureReason::UnexpectedReply,
    };
    Failure {
        reason,
        message: say(from.message),
        status: from.status,
        help_url: from.help_url.and_then(|url| web_url("a help page", url).ok()),
    }
}
