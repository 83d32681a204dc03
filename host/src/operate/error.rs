//! Why an operation was not done. Status codes and the texts callers read are the API's business.

use model::policy::Denial;
use model::{ActedAs, Failure, FailureReason, FieldError, IntegrationRecord};
use sandbox::RouteError;
use sandbox::lend::LendError;
use store::StoreError;

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
    Failed { failure: Failure, whose: ActedAs },
    /// Another one has that id.
    #[error("{0}")]
    Conflict(String),
    /// The provider component cannot be used. The text is for administrators.
    #[error("the provider cannot be used: {0}")]
    ProviderUnusable(String),
    #[error("the integration's network settings cannot be used: {0}")]
    Route(#[from] RouteError),
    #[error("{error}")]
    Lend { error: LendError, whose: ActedAs },
    #[error(transparent)]
    Store(StoreError),
}

impl OperationError {
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        OperationError::Invalid(vec![FieldError { field: field.to_owned(), message: message.into() }])
    }

    /// What the git server said no with. Whose own credential is at fault is told where to make another.
    pub(super) fn failed(mut failure: Failure, whose: ActedAs, integration: &IntegrationRecord) -> Self {
        if whose == ActedAs::User && failure.is_about_the_credential() && failure.help_url.is_none() {
            failure.help_url.clone_from(&integration.connection.credential_page);
        }
        OperationError::Failed { failure, whose }
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
            OperationError::Conflict(_) => "conflict",
            OperationError::ProviderUnusable(_) => "provider-unusable",
            OperationError::Route(_) => "integration-unusable",
            OperationError::Lend { .. } => "credential-unusable",
            OperationError::Store(_) => "store-unavailable",
            OperationError::Failed { failure, whose } => failure_code(failure, *whose),
        }
    }

    /// Whether the git server may have done it although no answer came.
    pub fn is_unknown_outcome(&self) -> bool {
        matches!(self, OperationError::Failed { failure, .. } if failure.reason == FailureReason::OutcomeUnknown)
    }

    pub fn is_rejected_credential(&self) -> bool {
        matches!(self, OperationError::Failed { failure, .. } if failure.reason == FailureReason::CredentialRejected)
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
        (FailureReason::RateLimited(_), _) => "rate-limited",
        (FailureReason::Unavailable, _) => "git-server-unavailable",
        (FailureReason::OutcomeUnknown, _) => "outcome-unknown",
        (FailureReason::Misconfigured(_), _) => "integration-misconfigured",
        (FailureReason::UnexpectedReply, _) => "unexpected-reply",
        (FailureReason::ProviderFailed, _) => "provider-failed",
    }
}

impl From<StoreError> for OperationError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(what) => OperationError::Conflict(format!("{what} exists already")),
            error => OperationError::Store(error),
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
}
