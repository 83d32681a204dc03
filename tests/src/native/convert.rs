//! Between the SDK's values and the model's, member by member. It trusts the provider, which is linked in: only names have
//! to be names.

use countersign_sdk::types as sdk;
use model::{
    Account, AwsOrigin, BasicUser, Branch, BranchRules, Comparison, Connection, CreatedBranch, CreatedPullRequest,
    CredentialPage, Deletion, Description, Expiry, Failure, FailureReason, Field, FieldError, Identity, Input, Kind,
    KindId, NameError, NeededPermission, NewBranch, NewPullRequest, Offers, Origin, Page, Permission, PermissionState,
    ProviderId, PullRequest, Repository, RepositoryId, Revocation, Scheme, Settings, Snippet, Standing, TextLimits,
    Timestamp, UserCredentials,
};
use sandbox::Call;

// --- to the provider -------------------------------------------------------------------------------------------------

pub(super) fn integration(call: &Call) -> sdk::Integration {
    sdk::Integration { kind: call.kind().to_string(), settings: settings(call.settings()) }
}

pub(super) fn settings(settings: &Settings) -> Vec<sdk::FieldValue> {
    let value = |(name, value): (&String, &String)| sdk::FieldValue { name: name.clone(), value: value.clone() };
    settings.iter().map(value).collect()
}

pub(super) fn new_branch(new: &NewBranch) -> sdk::NewBranch {
    sdk::NewBranch { name: new.name.to_string(), base: new.base.to_string() }
}

pub(super) fn new_pull_request(new: &NewPullRequest) -> sdk::NewPullRequest {
    sdk::NewPullRequest {
        title: new.title.as_str().to_owned(),
        source: new.source.to_string(),
        target: new.target.to_string(),
        description: new.description.as_ref().map(|text| text.as_str().to_owned()),
        draft: new.draft,
        reviewers: new.reviewers.clone(),
        attempt_token: new.attempt_token.clone(),
    }
}

// --- what a provider is ----------------------------------------------------------------------------------------------

pub(super) fn description(from: sdk::Description) -> Result<Description, NameError> {
    Ok(Description {
        id: ProviderId::parse(from.id)?,
        version: from.version,
        label: from.label,
        kinds: from.kinds.into_iter().map(kind).collect::<Result<_, _>>()?,
    })
}

fn kind(from: sdk::Kind) -> Result<Kind, NameError> {
    let needed = |from: sdk::NeededPermission| NeededPermission { name: from.name, needed_for: from.needed_for };
    Ok(Kind {
        id: KindId::parse(from.id)?,
        label: from.label,
        settings: from.settings.into_iter().map(field).collect(),
        credential: from.credential.into_iter().map(field).collect(),
        scheme: scheme(from.scheme),
        permissions: from.permissions.into_iter().map(needed).collect(),
        credential_help: from.credential_help,
        pull_request_label: from.pull_request_label,
        branch_rules: BranchRules {
            max_bytes: from.branch_rules.max_bytes,
            refuses_commit_ids: from.branch_rules.refuses_commit_ids,
            case_insensitive: from.branch_rules.case_insensitive,
        },
        text_limits: TextLimits {
            title_chars: from.text_limits.title_chars,
            description_chars: from.text_limits.description_chars,
        },
    })
}

fn field(from: sdk::Field) -> Field {
    Field {
        name: from.name,
        label: from.label,
        help: from.help,
        required: from.required,
        input: match from.input {
            sdk::Input::Text => Input::Text,
            sdk::Input::Url => Input::Url,
            sdk::Input::Secret => Input::Secret,
            sdk::Input::Choice(choices) => Input::Choice(choices),
        },
        example: from.example,
    }
}

fn scheme(from: sdk::Scheme) -> Scheme {
    match from {
        sdk::Scheme::Bearer(token) => Scheme::Bearer { token },
        sdk::Scheme::Basic(basic) => Scheme::Basic {
            user: match basic.user {
                sdk::BasicUser::Fixed(user) => BasicUser::Fixed(user),
                sdk::BasicUser::Field(field) => BasicUser::Field(field),
            },
            password: basic.password,
        },
        sdk::Scheme::CustomHeader(header) => Scheme::Header { name: header.name, value: header.value },
        sdk::Scheme::AwsSigv4(keys) => Scheme::AwsSigv4 {
            access_key_id: keys.access_key_id,
            secret_access_key: keys.secret_access_key,
            session_token: keys.session_token,
        },
    }
}

pub(super) fn connection(from: sdk::Connection) -> Connection {
    let origin = |from: sdk::Origin| Origin {
        url: from.url,
        aws: from.aws.map(|aws| AwsOrigin { service: aws.service, region: aws.region }),
    };
    let page = |from: sdk::CredentialPage| CredentialPage { label: from.label, url: from.url };
    Connection {
        origins: from.origins.into_iter().map(origin).collect(),
        web_url: from.web_url,
        credential_pages: from.credential_pages.into_iter().map(page).collect(),
        credential_list_page: from.credential_list_page,
        grant: from.grant.map(|grant| Snippet { label: grant.label, text: grant.text }),
        user_credentials: match from.user_credentials {
            sdk::UserCredentials::Supported => UserCredentials::Supported,
            sdk::UserCredentials::Unsupported(why) => UserCredentials::Unsupported(why),
        },
        offers: Offers {
            drafts: from.offers.drafts,
            reviewers: from.offers.reviewers,
            revocation: from.offers.revocation,
        },
    }
}

pub(super) fn field_error(from: sdk::FieldError) -> FieldError {
    FieldError { field: from.field, message: from.message }
}

// --- answers -----------------------------------------------------------------------------------------------------------

fn account(from: sdk::Account) -> Account {
    Account { id: from.id, login: from.login }
}

pub(super) fn identity(from: sdk::Identity) -> Identity {
    let permission = |from: sdk::Permission| Permission {
        name: from.name,
        state: match from.state {
            sdk::PermissionState::Present => PermissionState::Present,
            sdk::PermissionState::Absent => PermissionState::Absent,
            sdk::PermissionState::CannotTell => PermissionState::CannotTell,
        },
    };
    Identity {
        account: account(from.account),
        permissions: from.permissions.into_iter().map(permission).collect(),
        expiry: match from.expiry {
            sdk::Expiry::At(seconds) => Expiry::At(Timestamp::from_unix_seconds(seconds)),
            sdk::Expiry::Never => Expiry::Never,
            sdk::Expiry::Unknown => Expiry::Unknown,
        },
    }
}

pub(super) fn repositories(from: sdk::RepositoryPage) -> Result<Page<Repository>, NameError> {
    Ok(Page {
        items: from.items.into_iter().map(repository).collect::<Result<_, _>>()?,
        next: from.next,
        partial: from.partial,
    })
}

pub(super) fn repository(from: sdk::Repository) -> Result<Repository, NameError> {
    Ok(Repository {
        id: RepositoryId::parse(from.id)?,
        name: from.name,
        default_branch: from.default_branch,
        web_url: from.web_url,
        is_private: from.is_private,
        is_read_only: from.is_read_only,
    })
}

pub(super) fn revocation(from: sdk::Revocation) -> Revocation {
    match from {
        sdk::Revocation::Revoked => Revocation::Revoked,
        sdk::Revocation::Unsupported => Revocation::Unsupported,
    }
}

pub(super) fn comparison(from: sdk::Comparison) -> Comparison {
    match from {
        sdk::Comparison::Nothing => Comparison::Nothing,
        sdk::Comparison::Ahead(commits) => Comparison::Ahead(commits),
        sdk::Comparison::CannotTell => Comparison::CannotTell,
    }
}

pub(super) fn branches(from: sdk::BranchPage) -> Page<Branch> {
    Page { items: from.items.into_iter().map(branch).collect(), next: from.next, partial: None }
}

pub(super) fn branch(from: sdk::Branch) -> Branch {
    Branch {
        name: from.name,
        commit: from.commit,
        is_default: from.is_default,
        is_protected: from.is_protected,
        web_url: from.web_url,
    }
}

pub(super) fn created_branch(from: sdk::CreatedBranch) -> CreatedBranch {
    CreatedBranch {
        branch: branch(from.branch),
        standing: Standing::of(from.existed),
        credited_to: from.credited_to.map(account),
    }
}

pub(super) fn deletion(from: sdk::Deletion) -> Deletion {
    match from {
        sdk::Deletion::Deleted => Deletion::Deleted,
        sdk::Deletion::WasAbsent => Deletion::WasAbsent,
    }
}

pub(super) fn pull_requests(from: sdk::PullRequestPage) -> Page<PullRequest> {
    Page { items: from.items.into_iter().map(pull_request).collect(), next: from.next, partial: None }
}

fn pull_request(from: sdk::PullRequest) -> PullRequest {
    PullRequest {
        number: from.number,
        title: from.title,
        web_url: from.web_url,
        source: from.source,
        target: from.target,
        draft: from.draft,
        author: from.author.map(account),
    }
}

pub(super) fn created_pull_request(from: sdk::CreatedPullRequest) -> CreatedPullRequest {
    CreatedPullRequest {
        pull_request: pull_request(from.pull_request),
        standing: Standing::of(from.existed),
        notes: from.notes,
    }
}

// --- failures ------------------------------------------------------------------------------------------------------------

pub(super) fn failure(from: sdk::Failure) -> Failure {
    let status = from.status;
    Failure { status, help_url: from.help_url, ..Failure::new(reason(from.reason), from.message) }
}

fn reason(from: sdk::FailureReason) -> FailureReason {
    match from {
        sdk::FailureReason::CredentialRejected => FailureReason::CredentialRejected,
        sdk::FailureReason::PermissionMissing(which) => FailureReason::PermissionMissing(which),
        sdk::FailureReason::SsoAuthorizationRequired => FailureReason::SsoAuthorizationRequired,
        sdk::FailureReason::NotFound(what) => FailureReason::NotFound(what),
        sdk::FailureReason::AlreadyExists(what) => FailureReason::AlreadyExists(what),
        sdk::FailureReason::BaseMissing(which) => FailureReason::BaseMissing(which),
        sdk::FailureReason::NameInvalid => FailureReason::NameInvalid,
        sdk::FailureReason::NothingToMerge => FailureReason::NothingToMerge,
        sdk::FailureReason::Protected => FailureReason::Protected,
        sdk::FailureReason::ReadOnly => FailureReason::ReadOnly,
        sdk::FailureReason::RateLimited(_) => FailureReason::RateLimited,
        sdk::FailureReason::Unavailable => FailureReason::Unavailable,
        sdk::FailureReason::OutcomeUnknown => FailureReason::OutcomeUnknown,
        sdk::FailureReason::Misconfigured(setting) => FailureReason::Misconfigured(field_error(setting)),
        sdk::FailureReason::UnexpectedReply => FailureReason::UnexpectedReply,
    }
}
