//! Whose access key it is: `GetCallerIdentity` of AWS STS, which needs no permission; and accounts as ARNs name them.

use countersign_sdk::types::{Account, Expiry, Failure, FailureReason, Identity, Permission, PermissionState};
use countersign_sdk::{Accounts, Json, Reply};

use crate::api::Api;
use crate::description::{BRANCHES, LIST, PULL_REQUESTS, READ};
use crate::refusal::{Asked, refusal};
use crate::{repositories, xml};

impl Accounts for Api<'_> {
    /// AWS tells neither what a key may do nor when it ends. The one permission that can be tried without a repository
    /// is.
    fn whoami(&self) -> Result<Identity, Failure> {
        let reply = self.ask_sts("GetCallerIdentity")?;
        if reply.status != 200 {
            return Err(refusal(&reply, Asked { about: "the access key's account", needs: "sts:GetCallerIdentity" }));
        }
        let arn = arn_in(&reply).filter(|arn| arn.starts_with("arn:"));
        let account = account_of(&arn.ok_or_else(|| no_identity(&reply))?);
        let listing = try_listing(self)?;
        let states = [
            (LIST, listing),
            (READ, PermissionState::CannotTell),
            (BRANCHES, PermissionState::CannotTell),
            (PULL_REQUESTS, PermissionState::CannotTell),
        ];
        let permissions = states.map(|(name, state)| Permission { name: name.into(), state });
        Ok(Identity { account, permissions: permissions.into(), expiry: Expiry::Unknown })
    }
}

fn no_identity(reply: &Reply) -> Failure {
    if reply.is_web_page() {
        return reply.unavailable();
    }
    Failure::unexpected("the identity of the access key", reply)
}

/// It also shows that CodeCommit answers at its address and takes the key; where it does not, that is the answer.
fn try_listing(api: &Api<'_>) -> Result<PermissionState, Failure> {
    match repositories::names(api, None) {
        Ok(_page) => Ok(PermissionState::Present),
        Err(failure) => match failure.reason {
            FailureReason::PermissionMissing(_) | FailureReason::Protected => Ok(PermissionState::Absent),
            FailureReason::RateLimited(_) => Ok(PermissionState::CannotTell),
            FailureReason::CredentialRejected => Err(contradicted(&failure)),
            _ => Err(failure),
        },
    }
}

/// The key that CodeCommit refuses is one that STS has just taken: the account has no such region, or something on the
/// way damages what goes to CodeCommit.
fn contradicted(refused: &Failure) -> Failure {
    let message = format!(
        "AWS STS takes the access key and CodeCommit does not: see whether the region is enabled for the account. ({})",
        refused.message
    );
    Failure { status: refused.status, ..Failure::new(FailureReason::UnexpectedReply, message) }
}

/// STS answers in XML, or in JSON of the same names where something on the way asked for that.
fn arn_in(reply: &Reply) -> Option<String> {
    let Some(body) = reply.tree() else {
        return xml::text_of(reply.text()?, "Arn");
    };
    let result = body.get("GetCallerIdentityResponse")?.get("GetCallerIdentityResult")?;
    result.get("Arn").and_then(Json::as_str).map(str::to_owned)
}

/// The account an ARN names. Its id is the whole ARN, for that is how pull requests name their authors.
pub fn account_of(arn: &str) -> Account {
    let mut parts = arn.splitn(6, ':').skip(4);
    let (number, resource) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let login = match resource.split_once('/') {
        // Of a user's path the last part is the name.
        Some(("user", name)) => name.rsplit('/').next().unwrap_or_default().to_owned(),
        // A role's session, or a federated user.
        Some((_, name)) => name.to_owned(),
        // The root user, who has no name.
        None if !resource.is_empty() => format!("{resource} of account {number}"),
        None => String::new(),
    };
    let login = if login.is_empty() { arn.to_owned() } else { login };
    Account { id: arn.to_owned(), login }
}
