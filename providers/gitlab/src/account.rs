//! Whose token it is, what it may do and when it ends: `GET /user`, and what the token says of itself.

use countersign_sdk::types::{
    Account, Expiry, Failure, FailureReason, Identity, Permission, PermissionState, Revocation,
};
use countersign_sdk::{Accounts, Json, Reply, Url, timestamp};
use serde::Deserialize;

use crate::api::Api;
use crate::description::API_SCOPE;
use crate::refusal::{Asked, Route, leads_elsewhere, refusal};

impl Accounts for Api<'_> {
    fn whoami(&self) -> Result<Identity, Failure> {
        // A wrong address is met here first: a redirect that cannot be followed leads to another server, and a sign-in page
        // comes with 200.
        let reply = self.client.get(self.url(["user"])).map_err(|failure| {
            let is_unknown = failure.reason == FailureReason::UnexpectedReply;
            let redirect = failure.status.filter(|status| is_unknown && (300..400).contains(status));
            redirect.and_then(|status| leads_elsewhere(status, &failure.message, &self.address)).unwrap_or(failure)
        })?;
        if reply.status != 200 || reply.is_web_page() {
            return Err(refused(self, &reply, Route::First));
        }
        let account: WireAccount = reply.json("an account")?;
        let (state, expiry) = token_facts(self)?;
        let permission = Permission { name: API_SCOPE.into(), state };
        Ok(Identity { account: account.into(), permissions: vec![permission], expiry })
    }

    /// A token may end itself since 15.0, whatever its scopes.
    fn revoke_credential(&self) -> Result<Revocation, Failure> {
        let reply = self.delete(own_token(self))?;
        match reply.status {
            204 => Ok(Revocation::Revoked),
            400 | 404 | 405 => Ok(Revocation::Unsupported),
            _ => Err(refused(self, &reply, Route::Plain)),
        }
    }
}

/// Scope and end of the token. Before 15.5 no token could ask that, and one of another sort than a personal, project or
/// group access token still cannot.
fn token_facts(api: &Api<'_>) -> Result<(PermissionState, Expiry), Failure> {
    let reply = api.client.get(own_token(api))?;
    match reply.status {
        200 => {
            let token = reply.tree().ok_or_else(|| Failure::unexpected("a token", &reply))?;
            Ok((permission_state(&token), expiry(&token)))
        }
        400 | 404 | 405 => Ok((PermissionState::CannotTell, Expiry::Unknown)),
        _ => {
            let failure = refused(api, &reply, Route::Plain);
            match &failure.reason {
                // The scope would have been enough, so it is not there.
                FailureReason::PermissionMissing(name) if name == API_SCOPE => {
                    Ok((PermissionState::Absent, Expiry::Unknown))
                }
                FailureReason::RateLimited(_) | FailureReason::Unavailable => Err(failure),
                // Whose it is was told a moment ago, so that nothing else here is said of the token as a whole: it may be one without
                // the permission to tell of itself, and from 15.1 to 15.4 `self` was the number of a token that is not there, which
                // everybody but administrators is answered with a 401 (lib/api/personal_access_tokens.rb of then).
                _ => Ok((PermissionState::CannotTell, Expiry::Unknown)),
            }
        }
    }
}

/// A granular token has permissions for each resource in place of scopes.
fn permission_state(token: &Json) -> PermissionState {
    match token.get("scopes") {
        _ if token.get("granular") == Some(&Json::Bool(true)) => PermissionState::CannotTell,
        Some(Json::List(scopes)) if scopes.iter().any(|scope| scope.as_str() == Some(API_SCOPE)) => {
            PermissionState::Present
        }
        Some(Json::List(_)) => PermissionState::Absent,
        _ => PermissionState::CannotTell,
    }
}

/// A date, on which the token is dead already.
fn expiry(token: &Json) -> Expiry {
    match token.get("expires_at") {
        Some(Json::Null) => Expiry::Never,
        Some(Json::Text(day)) => timestamp::first_instant(day).map_or(Expiry::Unknown, Expiry::At),
        _ => Expiry::Unknown,
    }
}

fn own_token(api: &Api<'_>) -> Url {
    api.url(["personal_access_tokens", "self"])
}

fn refused(api: &Api<'_>, reply: &Reply, route: Route) -> Failure {
    refusal(reply, Asked { at: &api.address, route, about: "the token's account", needs: API_SCOPE })
}

/// An account wherever GitLab shows one.
#[derive(Deserialize)]
pub struct WireAccount {
    pub id: u64,
    pub username: String,
}

impl From<WireAccount> for Account {
    fn from(wire: WireAccount) -> Self {
        Self { id: wire.id.to_string(), login: wire.username }
    }
}
