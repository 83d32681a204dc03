//! Why an operation was not done. Status codes and the texts callers read are the API's business.

use serde_json::{Map, Value};

use super::admission::Crowded;
use super::rates::TooOften;
use model::policy::Denial;
use model::{
    ActedAs, Failure, FailureReason, FieldError, IntegrationRecord, KindId, OperationKind, ProviderId, Timestamp,
};
use sandbox::lend::LendError;
use sandbox::{ComponentError, RouteError};
use store::StoreError;

/// What is told of a change that the disk failed in the middle of.
const KEPT_OR_NOT: &str = "it may have been kept, and may not: the disk failed in the middle of writing it and did not say; \
                           once the daemon was started anew, look at it before you do it again";

/// Why an operation was not done, or not told as it should be.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    /// The policy says no.
    #[error("{0}")]
    Denied(Denial),
    /// Something given cannot be used.
    #[error("some fields cannot be used")]
    Invalid(Vec<FieldError>),
    /// The git server or the provider says no.
    #[error("{}", .failure.message)]
    Failed {
        /// What it says.
        failure: Failure,
        /// Whose credential was used.
        whose: ActedAs,
    },
    /// It was done, and that could not be written down.
    #[error("it was done, and could not be written down: {0}")]
    NotRecorded(String),
    /// It may have been done and kept, and may not.
    #[error("{told}")]
    Unknown {
        /// What, and what to do.
        told: &'static str,
        /// What kept it from being known.
        source: StoreError,
    },
    /// Another one has that id, or somebody still needs it.
    #[error("{0}")]
    Conflict(String),
    /// There is none (any more).
    #[error("there is no {0}")]
    Missing(String),
    /// Somebody changed it while it was being changed.
    #[error("{0} was changed meanwhile; look at it again, and decide anew")]
    Changed(String),
    /// What was to be deleted, and may have been when that was asked for before. It is not asked for again unseen.
    #[error(
        "it is there: whether it was not deleted when that was asked for before, or was made anew since, cannot be told; look at it, \
         and ask once more to have it deleted as it is now"
    )]
    StillThere,
    /// It is not in the state that the change was made for.
    #[error("{0} is not as it was when you looked at it; look at it again, and decide anew")]
    Stale(String),
    /// The provider component cannot be used. Why is for administrators.
    #[error("the provider cannot be used")]
    Provider(#[from] ProviderError),
    /// There is no way to the git server. Why is for administrators.
    #[error("the integration's network settings cannot be used")]
    Route(#[source] RouteError),
    /// A credential could not be lent.
    #[error("nothing could be lent")]
    Lend {
        /// Why not.
        #[source]
        error: LendError,
        /// Whose it is.
        whose: ActedAs,
    },
    /// Too much is under way. Nothing was done, nor written down.
    #[error("{0}")]
    Crowded(Crowded),
    /// Asked for too often in a minute.
    #[error(transparent)]
    TooOften(TooOften),
    /// Nothing can be read, or written down.
    #[error(transparent)]
    Store(StoreError),
}

/// Why a provider cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// None of that id.
    #[error("`{0}` is not registered")]
    NotRegistered(ProviderId),
    /// A newer component serves other kinds.
    #[error("it no longer serves the kind `{0}`")]
    KindGone(KindId),
    /// The database has its description and not its bytes.
    #[error("its registered bytes are missing; register it again")]
    BytesGone,
    /// It does not compile or describe itself any more.
    #[error("it cannot be loaded")]
    Component(#[source] ComponentError),
    /// It failed on the settings of an integration.
    #[error("it failed on the settings: {0}")]
    Connect(String),
}

impl OperationError {
    /// One field that cannot be used.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        OperationError::Invalid(vec![FieldError { field: field.to_owned(), message: message.into() }])
    }

    /// The integration leads elsewhere than its user was told.
    pub(crate) fn moved() -> Self {
        OperationError::Changed("the git server that this integration leads to".to_owned())
    }

    /// A user's token is another than the one that she was asked about, or that was looked at.
    pub(crate) fn replaced() -> Self {
        OperationError::Changed("your token".to_owned())
    }

    /// Whether what was to be changed is no longer as it was seen: somebody else was there meanwhile.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, OperationError::Stale(_) | OperationError::Changed(_))
    }

    /// What the git server said no with. Whose own credential is at fault is told where to make another; the integration's is
    /// for nobody here to mend.
    pub(super) fn failed(
        mut failure: Failure,
        whose: ActedAs,
        integration: &IntegrationRecord,
        now: Timestamp,
    ) -> Self {
        if failure.is_about_the_credential() {
            failure.help_url = match whose {
                ActedAs::User => failure.help_url.or_else(|| integration.connection.credential_page_at(now)),
                ActedAs::Integration => None,
            };
        }
        OperationError::Failed { failure, whose }
    }

    pub(super) fn not_lent(error: LendError, whose: ActedAs) -> Self {
        match error {
            LendError::Route(error) => OperationError::Route(error),
            error => OperationError::Lend { error, whose },
        }
    }

    /// A fault of the program: the policy said there is one.
    pub(super) fn nothing_to_lend() -> Self {
        OperationError::Lend { error: LendError::WrongMaterial, whose: ActedAs::User }
    }

    /// What stands, as the audit log would have kept it.
    pub(super) fn not_recorded(operation: OperationKind, details: &Map<String, Value>) -> Self {
        let told = |(name, value): (&String, &Value)| match value {
            Value::String(text) => Some(format!("{name} {text}")),
            Value::Bool(_) | Value::Number(_) => Some(format!("{name} {value}")),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        let details: Vec<String> = details.iter().filter_map(told).collect();
        OperationError::NotRecorded(format!("{} ({})", operation.as_str(), details.join(", ")))
    }

    /// The store's error about something that is nothing by itself: what was asked for was not begun, or only looked at.
    pub(super) fn nothing_done(error: StoreError) -> Self {
        match error {
            error @ StoreError::OutcomeUnknown(_) => OperationError::Store(error),
            error => error.into(),
        }
    }

    /// As it is told to the administrator who has just filled the settings in: beside the field.
    pub(super) fn beside_the_setting(self) -> Self {
        match self {
            OperationError::Failed {
                failure: Failure { reason: FailureReason::Misconfigured(setting), .. }, ..
            } => OperationError::Invalid(vec![setting]),
            other => other,
        }
    }

    /// Stable name, for the API's problem types, the audit log and the metrics.
    pub fn code(&self) -> &'static str {
        match self {
            OperationError::Denied(denial) => denial.code(),
            OperationError::Invalid(_) => "invalid",
            OperationError::NotRecorded(_) | OperationError::Unknown { .. } => "outcome-unknown",
            OperationError::Conflict(_) => "conflict",
            OperationError::Missing(_) => "not-found",
            OperationError::Changed(_) | OperationError::StillThere => "changed-meanwhile",
            OperationError::Stale(_) => "precondition-failed",
            OperationError::Provider(_) => "provider-unusable",
            OperationError::Route(_) => "integration-unusable",
            OperationError::Lend { .. } => "credential-unusable",
            OperationError::Store(_) => "store-unavailable",
            OperationError::Crowded(Crowded::Everybody(_)) => "busy",
            OperationError::Crowded(_) => "too-many-at-once",
            OperationError::TooOften(_) => "too-many-requests",
            OperationError::Failed { failure, whose } => failure_code(failure, *whose),
        }
    }

    /// Whether the git server may have done it although no answer came, or another's.
    pub fn is_unknown_outcome(&self) -> bool {
        matches!(self, OperationError::Failed { failure, .. }
            if failure.reason == FailureReason::OutcomeUnknown || failure.not_looked_up)
    }

    /// Whether what is there already may be what came of an earlier attempt of the same user.
    pub fn may_be_own(&self) -> bool {
        matches!(self, OperationError::Failed { failure, .. } if failure.may_be_own)
    }

    /// Whether the git server refused the credential.
    pub fn is_rejected_credential(&self) -> bool {
        matches!(self, OperationError::Failed { failure, .. } if failure.reason == FailureReason::CredentialRejected)
    }

    /// Whether what was to be made is there already, and is not what it would be.
    pub fn is_there_already(&self) -> bool {
        matches!(self, OperationError::Failed { failure, .. } if matches!(failure.reason, FailureReason::AlreadyExists(_)))
    }

    /// Whether the same may well be answered otherwise later.
    pub fn is_temporary(&self) -> bool {
        matches!(self, OperationError::Failed { failure, .. } if failure.is_temporary())
    }
}

fn failure_code(failure: &Failure, whose: ActedAs) -> &'static str {
    match (&failure.reason, whose) {
        (FailureReason::CredentialRejected, ActedAs::User) => "user-pat-rejected",
        (FailureReason::CredentialRejected, ActedAs::Integration) => "integration-credential-rejected",
        (FailureReason::PermissionMissing(_), _) => "git-permission-missing",
        (FailureReason::SsoAuthorizationRequired, _) => "sso-authorization-required",
        (FailureReason::NotFound(_), _) => "not-found-or-no-access",
        (FailureReason::AlreadyExists(_), _) => "already-exists",
        (FailureReason::BaseMissing(_), _) => "base-missing",
        (FailureReason::NameInvalid, _) => "name-invalid",
        (FailureReason::NothingToMerge, _) => "nothing-to-merge",
        (FailureReason::Protected, _) => "protected",
        (FailureReason::ReadOnly, _) => "read-only",
        (FailureReason::RateLimited, _) => "rate-limited",
        (FailureReason::Unavailable, _) => "git-server-unavailable",
        (FailureReason::OutcomeUnknown, _) => "outcome-unknown",
        (FailureReason::Misconfigured(_), _) => "integration-misconfigured",
        (FailureReason::UnexpectedReply, _) => "unexpected-reply",
        // Only a pause says when it ends.
        (FailureReason::ProviderFailed, _) if failure.again.is_some() => "provider-paused",
        (FailureReason::ProviderFailed, _) => "provider-failed",
    }
}

impl From<StoreError> for OperationError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(what) => OperationError::Conflict(format!("{what} exists already")),
            StoreError::InUse(why) => OperationError::Conflict(why),
            StoreError::Missing(what) => OperationError::Missing(what),
            StoreError::Changed(what) => OperationError::Changed(what),
            source @ StoreError::OutcomeUnknown(_) => OperationError::Unknown { told: KEPT_OR_NOT, source },
            error @ (StoreError::Unavailable(_)
            | StoreError::Damaged(_)
            | StoreError::Outdated(_)
            | StoreError::Unusable(_)) => OperationError::Store(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_does_not_fit_is_told_beside_its_field() {
        let setting = FieldError { field: "base_url".into(), message: "leads to another server".into() };
        let failed = |reason| OperationError::Failed { failure: Failure::new(reason, ""), whose: ActedAs::Integration };
        let told = failed(FailureReason::Misconfigured(setting.clone())).beside_the_setting();
        assert!(matches!(&told, OperationError::Invalid(fields) if *fields == [setting]), "{told:?}");
        let other = failed(FailureReason::Unavailable).beside_the_setting();
        assert_eq!(other.code(), "git-server-unavailable");
    }

    #[test]
    fn s12_what_may_have_been_kept_is_not_called_undone() {
        let unknown = || StoreError::OutcomeUnknown("disk I/O error".to_owned());
        assert_eq!(OperationError::from(unknown()).code(), "outcome-unknown");
        assert_eq!(OperationError::nothing_done(unknown()).code(), "store-unavailable");
        let full = StoreError::Unavailable("full".to_owned());
        assert_eq!(OperationError::from(full).code(), "store-unavailable");
    }

    #[test]
    fn s12_what_was_done_and_not_written_down_is_named() {
        let details = serde_json::json!({ "repository": "acme/web", "branch": "x", "existed": false, "receipt": {} });
        let error = OperationError::not_recorded(OperationKind::CreateBranch, details.as_object().unwrap());
        let told =
            "it was done, and could not be written down: branch.create (branch x, existed false, repository acme/web)";
        assert_eq!((error.to_string().as_str(), error.code()), (told, "outcome-unknown"));
    }
}
