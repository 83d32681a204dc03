//! Changes of references: sent one at a time, and judged one at a time.
//!
//! The server answers 200 to a refused change, too. What became of it stands in the answer: `success` and `updateStatus`.

use countersign_sdk::Json;
use countersign_sdk::types::{Account, Failure, FailureReason};
use serde::Serialize;

use crate::answer::{items, text};
use crate::api::{Api, RepositoryId};
use crate::caller;
use crate::description::CODE_WRITE;
use crate::error_body::{CONTRIBUTE, CREATE_BRANCH, FORCE_PUSH, named_permission};
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
    if !matches!(reply.status, 200 | 201) {
        return Err(repositories::refused(api, &reply, id, CODE_WRITE));
    }
    let results = items(&reply, "the result of a change", WireResult::of)?;
    let Some(result) = results.into_iter().find(|result| result.name == change.name) else {
        return Err(Failure::outcome_unknown(&reply));
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
}

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
            _ => FailureReason::UnexpectedReply,
        }
    }

    fn failure(&self) -> Failure {
        let given = self.custom_message.as_deref().filter(|message| !message.trim().is_empty());
        let said = || format!("The server refused the change and called it `{}`.", self.update_status);
        Failure::new(self.reason(), given.map_or_else(said, str::to_owned))
    }
}
