//! Whose token it is: `GET /user`, and what its headers say of scopes and expiry.

use countersign_sdk::types::{Account, Expiry, Failure, FailureReason, Identity, Permission, PermissionState};
use countersign_sdk::{Accounts, Reply, timestamp};
use serde::Deserialize;

use crate::api::Api;
use crate::description::{CONTENTS, NEEDED_SCOPE, PULL_REQUESTS};
use crate::refusal::{Asked, refusal};

/// What a token lacks that is nobody's.
const USER: &str = "a user's account";

impl Accounts for Api<'_> {
    fn whoami(&self) -> Result<Identity, Failure> {
        let reply = self.client.get(self.url(["user"]))?;
        match (reply.status, self.address_setting) {
            (200, _) => {}
            (404 | 406, Some(setting)) => return Err(no_api(setting, &reply)),
            _ => {
                let asked = Asked { about: "the token's account", needs: USER, web: &self.web };
                return Err(no_user(refusal(&reply, asked)));
            }
        }
        let user: WireAccount = reply.json("an account")?;
        let state = permission_state(&reply);
        let permissions = [CONTENTS, PULL_REQUESTS].map(|name| Permission { name: name.into(), state });
        Ok(Identity { account: user.into(), permissions: permissions.into(), expiry: expiry(&reply) })
    }
}

/// Every GitHub has an answer to whose token it is: what has none is something else.
fn no_api(setting: &str, reply: &Reply) -> Failure {
    let message = format!(
        "There is no GitHub API at this address, or what stands before it does not lead there at the moment: it answered {}.",
        reply.status
    );
    Failure::misconfigured(setting, &message, reply)
}

/// A GitHub App's installation token is good, but it is nobody's: there is no account to credit work to.
fn no_user(failure: Failure) -> Failure {
    if !failure.message.contains("not accessible by integration") {
        return failure;
    }
    Failure::new(
        FailureReason::PermissionMissing(USER.into()),
        "This token belongs to a GitHub App's installation and not to a user. Use a personal access token.",
    )
    .with_status(failure.status.unwrap_or(403))
}

/// Classic tokens list their scopes (an empty list has none); fine-grained and app tokens say nothing.
fn permission_state(reply: &Reply) -> PermissionState {
    match reply.header("x-oauth-scopes") {
        None => PermissionState::CannotTell,
        Some(scopes) if scopes.split(',').any(|scope| scope.trim() == NEEDED_SCOPE) => PermissionState::Present,
        Some(_) => PermissionState::Absent,
    }
}

/// A classic token without the expiry header never expires. Of one that lists no scopes that is not known: the tokens
/// of an app's user end after hours and do not say so.
fn expiry(reply: &Reply) -> Expiry {
    match reply.header("github-authentication-token-expiration") {
        Some(text) => timestamp::parse(text).map_or(Expiry::Unknown, Expiry::At),
        None if reply.header("x-oauth-scopes").is_some() => Expiry::Never,
        None => Expiry::Unknown,
    }
}

/// An account wherever GitHub shows one.
#[derive(Deserialize)]
pub struct WireAccount {
    id: u64,
    login: String,
}

impl From<WireAccount> for Account {
    fn from(wire: WireAccount) -> Self {
        Self { id: wire.id.to_string(), login: wire.login }
    }
}
