//! Why nothing was saved, in words for the person at the form.

use crate::operate::OperationError;
use model::{Failure, FailureReason, FieldError, Kind};

/// What is shown above the form, and beside its fields.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    pub summary: String,
    /// The git server's own words, or the provider's.
    pub said: Option<String>,
    pub fields: Vec<FieldError>,
    /// A page where it can be mended, as the provider gave it.
    pub help_url: Option<String>,
    /// Whether to offer saving without a check: only where the git server does not answer now.
    pub offers_unchecked: bool,
}

impl Problem {
    /// These fields cannot be used as they were filled in.
    pub fn with_fields(fields: Vec<FieldError>) -> Self {
        Self {
            summary: "Nothing was saved: something in the form has to change.".into(),
            said: None,
            fields,
            help_url: None,
            offers_unchecked: false,
        }
    }

    /// Gives the error back where filling in the form again cannot mend it.
    pub fn of(error: OperationError, kind: &Kind) -> Result<Self, OperationError> {
        match error {
            OperationError::Invalid(fields) => Ok(Self::with_fields(fields)),
            OperationError::Failed { failure, .. } => Ok(Self::refused(failure, &kind.label)),
            other => Err(other),
        }
    }

    /// What is wrong with one field, by its name.
    pub fn about<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        let errors = self.fields.iter().filter(move |error| error.field == field);
        errors.map(|error| error.message.as_str())
    }

    fn refused(failure: Failure, server: &str) -> Self {
        let why = match &failure.reason {
            FailureReason::CredentialRejected => format!("{server} refused what you entered."),
            FailureReason::PermissionMissing(permission) => {
                format!("{server} knows it, but it lacks a permission: {permission}.")
            }
            FailureReason::SsoAuthorizationRequired => {
                format!("{server} wants you to authorize it for single sign-on first.")
            }
            FailureReason::RateLimited(_) => format!("{server} takes no more requests for the moment."),
            FailureReason::Unavailable => format!("{server} does not answer now."),
            FailureReason::Misconfigured(setting) => {
                format!("A Jira administrator has to change a setting of the integration first: {}.", setting.field)
            }
            _ => format!("It could not be checked with {server}."),
        };
        let offers_unchecked = failure.is_temporary();
        Self {
            summary: format!("Nothing was saved. {why}"),
            said: Some(failure.message).filter(|message| !message.is_empty()),
            fields: vec![],
            help_url: failure.help_url,
            offers_unchecked,
        }
    }
}
