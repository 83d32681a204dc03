//! What is done with what is stored: operations of users, and administration. The API, the pages and the command line call
//! these functions, and nothing else reaches the store, a provider or the lender.
//!
//! [`perform`] is THE path of every operation on a repository; `decision`, `journal` and `loan` are its stations, and those
//! of everything else that lends a credential.

pub mod administration;
mod app;
mod author;
mod branches;
mod callers;
mod decision;
mod effect;
mod error;
mod fields;
mod journal;
mod learn;
mod loan;
mod look;
mod open;
mod pats;
mod perform;
mod providers;
mod pull_requests;
mod readiness;
mod repositories;
mod setup_links;
mod upkeep;

pub use self::app::{App, AppParts, SharedApp};
pub use self::author::{Ask, Asker};
pub use self::branches::{CompareBranches, CreateBranch, DeleteBranch, ListBranches};
pub use self::callers::{
    ADMIN_TOKEN_PREFIX, ClaimedKey, Request, administrator, claim, connector, keep_answer, site_of,
};
pub use self::effect::Effect;
pub use self::error::{OperationError, ProviderError};
pub use self::look::{Looked, OpenIntegration, look, open_integrations};
pub use self::open::{DATABASE_FILE_NAME, StartError};
pub use self::pats::{
    PatRemoval, RemovedPat, RevocationOutcome, SavePat, SavedPat, check_pat, confirm_pat, remove_pat, save_pat,
};
pub use self::perform::{Performed, perform};
pub use self::pull_requests::CreatePullRequest;
pub use self::readiness::NotReady;
pub use self::repositories::{GetRepository, ListRepositories};
pub use self::setup_links::{
    NewSetupLink, ask_of, make_setup_link, peek_setup_link, renew_setup_link, take_setup_link,
};
pub use self::upkeep::{note_start, prepare, ready, stopped, sweep};
