//! Reviewers: from the names people know to the numbers GitLab takes with a new merge request.
//!
//! What cannot be done becomes a note. Nothing here may keep a merge request from being made.

use countersign_sdk::types::Failure;
use countersign_sdk::{Json, look_for};

use crate::account::WireAccount;
use crate::api::Api;
use crate::description::API_SCOPE;
use crate::refusal::{Asked, Route, refusal};

/// What is expected of a search.
const LIST: &str = "a list of accounts";
/// Most reviewers asked for, each of whom takes a request.
const MAX_REVIEWERS: usize = 20;

/// Who can be asked, and what there is to say of the others.
pub struct Reviewers {
    found: Vec<WireAccount>,
    notes: Vec<String>,
}

pub fn look_up(api: &Api<'_>, names: &[String]) -> Reviewers {
    let (asked, beyond) = names.split_at(names.len().min(MAX_REVIEWERS));
    let mut reviewers = Reviewers { found: Vec::new(), notes: Vec::new() };
    for name in asked {
        match account(api, name) {
            Ok(Some(account)) => reviewers.found.push(account),
            Ok(None) => reviewers.leave_out(name, "GitLab knows no user of this name."),
            Err(failure) => reviewers.leave_out(name, &failure.message),
        }
    }
    if !beyond.is_empty() {
        let names = beyond.join(", ");
        reviewers.notes.push(format!("At most {MAX_REVIEWERS} reviewers are asked for; left out: {names}."));
    }
    reviewers
}

fn account(api: &Api<'_>, name: &str) -> Result<Option<WireAccount>, Failure> {
    let reply = api.client.get(api.url(["users"]).query("username", name))?;
    if reply.status != 200 {
        let about = &format!("user {name}");
        return Err(refusal(&reply, Asked { at: &api.address, route: Route::Plain, about, needs: API_SCOPE }));
    }
    let entries: Vec<Json> = reply.json(LIST)?;
    let may_be = |entry: &Json| entry.text_at(&["username"]).is_none_or(|own| own.eq_ignore_ascii_case(name));
    let is_it = |account: &WireAccount| account.username.eq_ignore_ascii_case(name);
    let found = look_for(&entries, Json::read, is_it, may_be).ok_or_else(|| reply.unreadable(LIST))?;
    Ok(found.into_iter().next())
}

impl Reviewers {
    pub fn ids(&self) -> Vec<u64> {
        self.found.iter().map(|account| account.id).collect()
    }

    /// What is to be said once the merge request stands: GitLab leaves out, without a word, who may not review.
    pub fn notes(mut self, taken: &[WireAccount]) -> Vec<String> {
        for account in std::mem::take(&mut self.found) {
            if !taken.iter().any(|one| one.id == account.id) {
                self.leave_out(&account.username, "GitLab left them out. Its free edition takes one reviewer.");
            }
        }
        self.notes
    }

    fn leave_out(&mut self, name: &str, why: &str) {
        self.notes.push(format!("No review by {name} was requested: {why}"));
    }
}
