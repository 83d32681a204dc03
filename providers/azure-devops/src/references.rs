//! Changes of references: sent one at a time, and judged one at a time.
//!
//! The server answers 200 to a refused change, too. What became of it stands in the answer: `success` and `updateStatus`. An
//! exception may say the same.

use countersign_sdk::types::{Account, Failure, FailureReason};
use countersign_sdk::{Json, Reply};
use serde::Serialize;

use crate::answer::{items, text};
use crate::api::{Api, RepositoryId};
use crate::caller;
use crate::description::CODE_WRITE;
use crate::error_body::{CONTRIBUTE, CREATE_BRANCH, ErrorBody, FORCE_PUSH, named_permission};
use crate::repositories;

/// Stands for "there is none" where a commit is named.
pub const NONE: &str = "0000000000000000000000000000000000000000";

/// A reference is to lead from one commit to another.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change<'a> {
    /// In full.
    pub name: &'a str,
    pub old_object_id: &'a str,
    pub new_object_id: &'a str,
}

/// What became of it.
pub enum Changed {
    Done {
        /// Who the server says did it.
        by: Option<Account>,
    },
    /// There was no such reference to delete.
    WasAbsent,
    /// It stands elsewhere than the change took for granted.
    Stale,
    /// Another reference has a name that cannot stand beside this one.
    NameConflict,
    /// The new commit does not exist.
    NoCommit,
}

/// Sends the change, once.
pub fn change(api: &Api<'_>, id: &RepositoryId, change: &Change<'_>) -> Result<Changed, Failure> {
    let reply = api.post(api.repository_url(id, ["refs"]), &[change])?;
    let result = if matches!(reply.status, 200 | 201) {
        let results = items(&reply, "the result of a change", WireResult::of)?;
        results.into_iter().find(|result| result.name == change.name).ok_or_else(|| Failure::outcome_unknown(&reply))?
    } else {
        WireResult::of_exception(&reply, change).ok_or_else(|| repositories::refused(api, &reply, id, CODE_WRITE))?
    };
    match result.update_status.as_str() {
        // The two say the same in two ways.
        status if status.starts_with("succeeded") != result.success => Err(Failure::outcome_unknown(&reply)),
        "succeededNonExistentRef" => Ok(Changed::WasAbsent),
        "succeeded" | "succeededCorruptRef" => Ok(Changed::Done { by: caller::of_header(&reply) }),
        "staleOldObjectId" => Ok(Changed::Stale),
        "refNameConflict" => Ok(Changed::NameConflict),
        "unresolvableToCommit" => Ok(Changed::NoCommit),
        _ if result.success => Err(Failure::outcome_unknown(&reply)),
        _ => Err(result.failure().with_status(reply.status)),
    }
}

struct WireResult {
    name: String,
    success: bool,
    update_status: String,
    /// The reason in words, now and then.
    custom_message: Option<String>,
    /// The plug-in of the server that refused it.
    rejected_by: Option<String>,
}

/// Exceptions, and the update statuses that say the same.
const EXCEPTIONS: [(&str, &str); 5] = [
    ("GitReferenceStaleException", "staleOldObjectId"),
    ("GitRefNameAlreadyExistsException", "staleOldObjectId"),
    ("GitRefNameConflictException", "refNameConflict"),
    ("GitUnresolvableToCommitException", "unresolvableToCommit"),
    ("InvalidGitRefNameException", "invalidRefName"),
];

impl WireResult {
    fn of(wire: &Json) -> Option<Self> {
        let Some(Json::Bool(success)) = wire.get("success") else {
            return None;
        };
        Some(Self {
            name: text(wire, "name")?.to_owned(),
            success: *success,
            update_status: text(wire, "updateStatus")?.to_owned(),
            custom_message: text(wire, "customMessage").map(str::to_owned),
            rejected_by: text(wire, "rejectedBy").map(str::to_owned),
        })
    }

    fn of_exception(reply: &Reply, change: &Change<'_>) -> Option<Self> {
        let error = matches!(reply.status, 400..=499).then(|| ErrorBody::of(reply))?;
        let (_, status) = EXCEPTIONS.into_iter().find(|(key, _)| error.key == *key)?;
        Some(Self {
            name: change.name.to_owned(),
            success: false,
            update_status: status.to_owned(),
            custom_message: Some(error.message),
            rejected_by: None,
        })
    }

    fn reason(&self) -> FailureReason {
        let missing = |otherwise: &str| {
            let named = self.custom_message.as_deref().and_then(named_permission);
            FailureReason::PermissionMissing(named.unwrap_or_else(|| otherwise.to_owned()))
        };
        match self.update_status.as_str() {
            "createBranchPermissionRequired" => missing(CREATE_BRANCH),
            "writePermissionRequired" => missing(CONTRIBUTE),
            "forcePushRequired" => missing(FORCE_PUSH),
            "rejectedByPolicy" | "rejectedByPlugin" | "locked" => FailureReason::Protected,
            "invalidRefName" => FailureReason::NameInvalid,
            status if status.ends_with("PermissionRequired") => missing(status),
            _ => FailureReason::UnexpectedReply,
        }
    }

    fn failure(&self) -> Failure {
        let given = self.custom_message.as_deref().filter(|message| !message.trim().is_empty());
        let by = self.rejected_by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        let said = || format!("The server refused the change{by} and called it `{}`.", self.update_status);
        Failure::new(self.reason(), given.map_or_else(said, str::to_owned))
    }
}
