//! Who may do what: policies decide, and the refusal names who asked, for what, and why not.
//!
//! There is no hiding: what one may not do is denied, whether it exists or not.

use super::call::{Body, Call};
use super::policy::{Decision, decide, matches_any};
use super::refusal::Refusal;
use super::world::{EncryptionKey, Repository};

/// The repository the input names, to someone who may do this operation there.
pub(super) fn named<'a>(call: &'a Call<'_>, body: &Body, reference: Option<&str>) -> Result<&'a Repository, Refusal> {
    let name = required_name(body)?;
    may(call, &call.world.repository_arn(&name), reference)?;
    let repository = call.repository(&name)?;
    check_encryption(repository)?;
    Ok(repository)
}

pub(super) fn required_name(body: &Body) -> Result<String, Refusal> {
    let message = "A repository name is required, but was not specified.";
    let name = body.required("repositoryName", "RepositoryNameRequiredException", message)?;
    check_name(&name)?;
    Ok(name)
}

/// 1 to 100 letters, digits, dots, dashes and underscores, not ending like a directory of git.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let length_fits = (1..=100).contains(&name.len());
    if length_fits && name.bytes().all(allowed) && !name.ends_with(".git") {
        return Ok(());
    }
    let message = format!("The specified repository name is not valid: {name}");
    Err(Refusal::new("InvalidRepositoryNameException", &message))
}

/// Whether the caller may do the operation she asks for to `resource`, and to the reference it is about.
pub(super) fn may(call: &Call<'_>, resource: &str, reference: Option<&str>) -> Result<(), Refusal> {
    let action = format!("codecommit:{}", call.operation());
    let mut decision = decide(&call.caller.user.policy, &action, resource, reference);
    let limits = &call.caller.key.limited_to;
    if decision == Decision::Allowed && limits.as_ref().is_some_and(|actions| !matches_any(actions, &action)) {
        decision = Decision::NotAllowed;
    }
    let why = match decision {
        Decision::Allowed => return Ok(()),
        Decision::NotAllowed => format!("because no identity-based policy allows the {action} action"),
        Decision::Denied => "with an explicit deny in an identity-based policy".to_owned(),
    };
    let who = call.caller_arn();
    let message = format!("User: {who} is not authorized to perform: {action} on resource: {resource} {why}");
    Err(Refusal::new("AccessDeniedException", &message))
}

pub(super) fn check_encryption(repository: &Repository) -> Result<(), Refusal> {
    match encryption_error(repository) {
        None => Ok(()),
        Some((code, message)) => Err(Refusal::new(code, message)),
    }
}

/// What the state of the repository's key is called as an error.
pub(super) fn encryption_error(repository: &Repository) -> Option<(&'static str, &'static str)> {
    match repository.encryption_key {
        EncryptionKey::Usable => None,
        EncryptionKey::AccessDenied => {
            Some(("EncryptionKeyAccessDeniedException", "An encryption key could not be accessed."))
        }
        EncryptionKey::Disabled => Some(("EncryptionKeyDisabledException", "The encryption key is disabled.")),
        EncryptionKey::NotFound => Some(("EncryptionKeyNotFoundException", "No encryption key was found.")),
        EncryptionKey::Unavailable => {
            Some(("EncryptionKeyUnavailableException", "The encryption key is not available."))
        }
    }
}
