//! What is known of a user's PAT.

use serde::Serialize;
use utoipa::ToSchema;

use super::{AccountView, CredentialFormView, PermissionView};
use model::{Expiry, PatMetadata, PatState, Place, Rejection, Timestamp};

/// What is known of a user's PAT. Never the PAT.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatView {
    /// `missing`, `valid`, `expiring` (ends within 14 days), `expired`, `rejected` (by the git server), `unchecked`, or
    /// `set-aside`: the address of the integration changed, and it is not used there until the user confirms it.
    #[schema(value_type = String, example = "valid")]
    pub state: PatState,
    /// Whose it is; null while it is unchecked.
    pub account: Option<AccountView>,
    /// What it may do.
    pub permissions: Vec<PermissionView>,
    /// When it ends; null where it does not or the git server does not say (`expiry` tells which).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// `at`, `never` or `unknown`.
    #[schema(example = "at")]
    pub expiry: &'static str,
    /// When the git server last answered for it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_checked_at: Option<Timestamp>,
    /// When it was last lent for something, to within an hour; null: never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    /// That the git server refused it, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejection: Option<RejectionView>,
    /// The account of the PAT before this one, where it was another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_account: Option<AccountView>,
    /// Where it was set aside: what the user is asked to agree to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<MovedView>,
    /// The form in which one is entered, for whoever draws it; in the answer to GET of a PAT only, and there as long as the
    /// integration's provider can be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<CredentialFormView>,
}

/// A git server's refusal of a credential. A PAT is asked about again when it is next needed, every ten minutes at most; an
/// integration's own goes on being lent, and its refusal is forgotten once the git server takes it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RejectionView {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// In the git server's own words; empty where nobody wrote them down.
    #[schema(example = "Bad credentials")]
    pub why: String,
}

impl From<Rejection> for RejectionView {
    fn from(rejection: Rejection) -> Self {
        Self { at: rejection.at, why: rejection.why }
    }
}

/// An integration that leads elsewhere since a PAT was saved.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovedView {
    /// The addresses the PAT was given to: origins, and how each is dialled where that is not the usual way.
    #[schema(example = json!(["https://git.example.com"]))]
    pub from: Vec<String>,
    /// The addresses the integration leads to now. Confirming the PAT names them.
    #[schema(example = json!(["https://git.example.com (dialled at 10.0.0.7:443)"]))]
    pub to: Vec<String>,
}

impl PatView {
    /// At the place the integration leads to now.
    pub fn of(metadata: Option<PatMetadata>, place: &Place, now: Timestamp) -> Self {
        let state = PatState::of(metadata.as_ref(), place, now);
        let Some(metadata) = metadata else {
            return Self {
                state,
                account: None,
                permissions: vec![],
                expires_at: None,
                expiry: "unknown",
                last_checked_at: None,
                last_used_at: None,
                rejection: None,
                previous_account: None,
                moved: None,
                form: None,
            };
        };
        let (expiry, expires_at) = match metadata.expiry {
            Expiry::At(end) => ("at", Some(end)),
            Expiry::Never => ("never", None),
            Expiry::Unknown => ("unknown", None),
        };
        let moved = MovedView { from: metadata.given_to.addresses(), to: place.addresses() };
        Self {
            state,
            account: metadata.account.map(AccountView::from),
            permissions: metadata.permissions.into_iter().map(PermissionView::from).collect(),
            expires_at,
            expiry,
            last_checked_at: metadata.last_checked_at,
            last_used_at: metadata.last_used_at,
            rejection: metadata.rejection.map(RejectionView::from),
            previous_account: None,
            moved: (state == PatState::SetAside).then_some(moved),
            form: None,
        }
    }
}
