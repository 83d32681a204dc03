//! Whose credential it is and what it may do.
//!
//! A token cannot ask for its own scopes or expiry. Whether it may read code is found out by reading; whether it may write
//! is not known before somebody does.

use countersign_sdk::Accounts;
use countersign_sdk::types::{Expiry, Failure, FailureReason, Identity, Permission, PermissionState};

use crate::api::Api;
use crate::caller::connected;
use crate::description::{CODE_READ, CODE_WRITE};
use crate::meaning::Asked;
use crate::refusal::refusal_of_known;

impl Accounts for Api<'_> {
    /// The account and, by the list of repositories, whether it may read code. That list is also what tells that the API
    /// version the administrator chose is one the server has.
    fn whoami(&self) -> Result<Identity, Failure> {
        let account = connected(self)?;
        let reads = may_read(self)?;
        // Reading is part of writing.
        let writes = if reads == PermissionState::Absent { reads } else { PermissionState::CannotTell };
        let permission = |name: &str, state| Permission { name: name.into(), state };
        let permissions = vec![permission(CODE_READ, reads), permission(CODE_WRITE, writes)];
        Ok(Identity { account, permissions, expiry: Expiry::Unknown })
    }
}

fn may_read(api: &Api<'_>) -> Result<PermissionState, Failure> {
    let reply = match api.get(api.url(["_apis", "git", "repositories"])) {
        Ok(reply) if reply.status == 200 => return Ok(PermissionState::Present),
        Ok(reply) => reply,
        // A list of thousands may be larger than the host passes on.
        Err(failure) if failure.reason == FailureReason::UnexpectedReply => return Ok(PermissionState::CannotTell),
        Err(failure) => return Err(failure),
    };
    let failure = refusal_of_known(api, &reply, Asked { about: "the list of repositories", needs: CODE_READ });
    match failure.reason {
        FailureReason::PermissionMissing(_) => Ok(PermissionState::Absent),
        // The server has just said whose it is: something else than the credential leads to a sign-in page.
        FailureReason::CredentialRejected => Ok(PermissionState::CannotTell),
        // The account is known, and why it is refused is not.
        FailureReason::UnexpectedReply if matches!(reply.status, 401 | 403) => Ok(PermissionState::CannotTell),
        _ => Err(failure),
    }
}
