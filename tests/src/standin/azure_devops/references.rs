//! References: listed by beginning, changed in batches whose answer is 200 whatever became of them, and locked.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::access::{contributes, may_write_code};
use super::call::{Call, Outcome, list as listed, ok, text};
use super::paging::page_by_name;
use super::refusal::{Refusal, needs_permission};
use super::shapes;
use super::world::{Known, Repository};
use crate::standin::git::{NotCreated, References, is_oid};

/// What stands for "there is none" where an object is named.
pub(super) const NO_OBJECT: &str = "0000000000000000000000000000000000000000";

/// Longest reference name taken, in characters after `refs/heads/`.
const MAX_NAME_CHARS: usize = 250;

/// `in_path` is the filter as older clients write it, below `refs/`.
pub(super) fn list(call: &Call<'_>, repository: &Repository, in_path: &str) -> Outcome {
    let filter = call.query("filter").unwrap_or_else(|| in_path.to_owned());
    let prefix = format!("refs/{filter}");
    // Paging and the second filter came with 5.0; before, everything came in one answer.
    let pages = call.product.since(5, 0);
    let contains = call.query("filterContains").filter(|_| pages).unwrap_or_default();
    let references = repository.git.references()?;
    let known = repository.known.lock().expect("known lock");
    let found = references.with_prefix(&prefix).filter(|reference| reference.name.contains(&contains));
    let items: Vec<Value> =
        found.map(|found| shapes::reference::listed(call, repository, found, known.get(&found.name))).collect();
    Ok(if pages { page_by_name(call, &items) } else { listed(&items) })
}

/// Each change on its own: what became of one says nothing of the others.
pub(super) fn update(call: &Call<'_>, repository: &Repository) -> Outcome {
    may_write_code(call)?;
    let body = call.body("refUpdates")?;
    let updates = body.as_array().filter(|updates| !updates.is_empty());
    let updates = updates.ok_or_else(|| Refusal::missing_argument("refUpdates"))?;
    let updates = updates.iter().map(Update::of).collect::<Result<Vec<Update>, Refusal>>()?;
    let mut results = Vec::new();
    for update in updates {
        let outcome = update.carry_out(call, repository)?;
        results.push(update.result(repository, &outcome));
    }
    Ok(listed(&results))
}

struct Update {
    /// In full.
    name: String,
    old: String,
    new: String,
}

/// What became of an update.
struct Done {
    status: &'static str,
    message: Option<String>,
}

impl Done {
    fn silent(status: &'static str) -> Done {
        Done { status, message: None }
    }

    fn said(status: &'static str, message: String) -> Done {
        Done { status, message: Some(message) }
    }

    fn is_success(&self) -> bool {
        self.status.starts_with("succeeded")
    }
}

impl Update {
    fn of(item: &Value) -> Result<Update, Refusal> {
        let empty = Map::new();
        let item = item.as_object().unwrap_or(&empty);
        let required = |name: &str, called: &str| text(item, name)?.ok_or_else(|| Refusal::missing_argument(called));
        let id = |name: &str| {
            let id = required(name, "sha1IdString")?;
            if is_oid(&id) { Ok(id) } else { Err(Refusal::invalid_argument(name)) }
        };
        Ok(Update { name: required("name", "name")?, old: id("oldObjectId")?, new: id("newObjectId")? })
    }

    fn carry_out(&self, call: &Call<'_>, repository: &Repository) -> Result<Done, Refusal> {
        if !self.name.starts_with("refs/") || self.name.chars().count() > MAX_NAME_CHARS + "refs/heads/".len() {
            return Ok(Done::silent("invalidRefName"));
        }
        if let Some(done) = self.forbidden(call, repository) {
            return Ok(done);
        }
        let references = repository.git.references()?;
        match (references.get(&self.name), self.old == NO_OBJECT, self.new == NO_OBJECT) {
            (None, true, true) => Ok(Done::silent("succeededNonExistentRef")),
            (None, true, false) => self.create(call, repository, &references),
            (Some(reference), false, true) if reference.oid == self.old => {
                repository.git.delete_reference(&self.name, &self.old)?;
                repository.known.lock().expect("known lock").remove(&self.name);
                Ok(Done::silent("succeeded"))
            }
            // Moving a branch is a push's business, not that of this stand-in.
            (Some(reference), false, false) if reference.oid == self.old => Ok(Done::silent("unprocessed")),
            _ => Ok(Done::silent("staleOldObjectId")),
        }
    }

    /// Permission, policy and lock, in this order.
    fn forbidden(&self, call: &Call<'_>, repository: &Repository) -> Option<Done> {
        if !contributes(call, repository) {
            let (status, permission, scope) = match (self.old == NO_OBJECT, self.new == NO_OBJECT) {
                (true, false) => ("createBranchPermissionRequired", "CreateBranch", "branch"),
                (_, true) => ("writePermissionRequired", "ForcePush", "branch"),
                _ => ("writePermissionRequired", "GenericContribute", "branch"),
            };
            return Some(Done::said(status, needs_permission(&call.identity(), permission, scope)));
        }
        if self.name.strip_prefix("refs/heads/").is_some_and(|branch| repository.is_protected(branch)) {
            let message =
                "TF402455: Pushes to this branch are not permitted; you must use a pull request to update this branch.";
            return Some(Done::said("rejectedByPolicy", message.to_owned()));
        }
        let known = repository.known.lock().expect("known lock");
        let locked = known.get(&self.name).is_some_and(|known| known.locked_by.is_some());
        locked.then(|| Done::silent("locked"))
    }

    fn create(&self, call: &Call<'_>, repository: &Repository, references: &References) -> Result<Done, Refusal> {
        let name = self.name.to_lowercase();
        // Names that differ in case alone clash, as they do in the folders of the people who clone it.
        if references.with_prefix("refs/").any(|reference| reference.name.to_lowercase() == name) {
            return Ok(Done::silent("refNameConflict"));
        }
        Ok(Done::silent(match repository.git.create_reference(&self.name, &self.new) {
            Ok(()) => {
                let creator = call.caller.map(|caller| caller.account.login.clone());
                let known = Known { creator, locked_by: None };
                repository.known.lock().expect("known lock").insert(self.name.clone(), known);
                "succeeded"
            }
            // Somebody else was quicker.
            Err(NotCreated::Exists) => "staleOldObjectId",
            Err(NotCreated::Clash(_)) => "refNameConflict",
            Err(NotCreated::NoSuchObject) => "unresolvableToCommit",
            Err(NotCreated::NotAName) => "invalidRefName",
            Err(NotCreated::Git(error)) => return Err(error.into()),
        }))
    }

    fn result(&self, repository: &Repository, done: &Done) -> Value {
        let mut result = json!({
            "repositoryId": repository.id, "name": self.name, "oldObjectId": self.old, "newObjectId": self.new,
            "isLocked": false, "updateStatus": done.status, "success": done.is_success(),
        });
        if let Some(message) = &done.message {
            result["customMessage"] = json!(message);
        }
        result
    }
}

/// `in_path` is the filter as older clients write it, below `refs/`.
pub(super) fn lock(call: &Call<'_>, repository: &Repository, in_path: &str) -> Outcome {
    may_write_code(call)?;
    if !contributes(call, repository) {
        return Err(Refusal::needs_permission(&call.identity(), "GenericContribute", "branch"));
    }
    let filter = call.query("filter").unwrap_or_else(|| in_path.to_owned());
    let wanted = call.body("newRefInfo")?["isLocked"].as_bool();
    let wanted = wanted.ok_or_else(|| Refusal::missing_argument("newRefInfo"))?;
    let references = repository.git.references()?;
    let missing = || Refusal::git(StatusCode::NOT_FOUND, "GitRefNotFoundException", "The ref could not be found.");
    let reference = references.get(&format!("refs/{filter}")).ok_or_else(missing)?;
    let login = call.known_caller()?.account.login.clone();
    let mut known = repository.known.lock().expect("known lock");
    let entry = known.entry(reference.name.clone()).or_default();
    match (wanted, entry.locked_by.as_deref()) {
        (true, None) => entry.locked_by = Some(login),
        (false, Some(by)) if by == login => entry.locked_by = None,
        (false, Some(_)) => return Err(Refusal::needs_permission(&call.identity(), "RemoveOthersLocks", "branch")),
        (false, None) | (true, Some(_)) => {}
    }
    Ok(ok(&shapes::reference::listed(call, repository, reference, known.get(&reference.name))))
}
