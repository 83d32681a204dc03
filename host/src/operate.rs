//! What is done with what is stored: operations of users, and administration. The API, the pages and the command line call
//! these functions, and nothing else reaches the store, a provider or the lender.
//!
//! [`perform`] is THE path of every operation on a repository; `decision`, `journal` and `loan` are its stations, and those
//! of everything else that lends a credential.

pub mod administration;
mod admission;
mod app;
mod asked;
mod asked_again;
mod author;
mod background;
mod branches;
mod browse;
mod callers;
mod client_certificates;
mod decision;
mod effect;
mod error;
mod fields;
mod journal;
mod learn;
mod loan;
mod look;
mod names;
mod open;
mod outlook;
mod page_links;
mod pats;
mod perform;
mod providers;
mod pull_requests;
mod rates;
mod readiness;
mod repeats;
mod repositories;
mod second_chances;
mod seen;
mod under_way;
mod upkeep;
mod visits;
pub mod waiting;

pub use self::admission::Crowded;
pub use self::app::{App, AppParts, SharedApp};
pub use self::asked::{BranchAsked, MAX_LOGIN_BYTES, MAX_REVIEWERS, PullRequestAsked, Suggestion, suggest};
pub use self::author::{Ask, Asker, Told};
pub use self::branches::{CompareBranches, CreateBranch, DeleteBranch, ListBranches};
pub use self::browse::{Browse, Found, List, Place, Places, Row, Rows, browse};
pub use self::callers::{
    ADMIN_TOKEN_PREFIX, ClaimedKey, Request, administrator, claim, connector, has_connector_at, keep_answer,
    note_connector_use, site_of,
};
pub use self::client_certificates::{ClientCertificatesError, client_certificates};
pub use self::effect::Effect;
pub use self::error::{OperationError, ProviderError};
pub use self::fields::MAX_FIELD_BYTES;
#[doc(hidden)]
pub use self::fields::credential_fields;
pub use self::look::{
    Looked, OpenIntegration, integration_and_kind, integrations_with_pats, look, look_before, look_to_save,
    open_integrations, pats_elsewhere,
};
pub use self::open::{Initialised, StartError, proxy_credentials};
pub use self::outlook::{Choices, Outlook};
pub use self::page_links::{NewPageLink, make_page_link, make_set_up_link, peek_page_link};
pub use self::pats::{
    PatRemoval, RemovedPat, RevocationOutcome, SavePat, SavedPat, check_pat, confirm_pat, remove_pat, save_pat,
};
pub use self::perform::{Performed, perform};
pub use self::pull_requests::{CreatePullRequest, GetTemplate};
pub use self::rates::{Rates, TooOften};
pub use self::readiness::NotReady;
pub use self::repositories::{GetRepository, ListRepositories};
pub use self::upkeep::{Renewed, note_start, prepare, ready, renew, stopped, sweep, write_down_repeats};
pub use self::visits::{
    BegunVisit, asker_of, begin_visit, draft, drop_draft, hand_visit_over, keep_draft, settle_visit, star, starred,
    unsettled_visit, visit,
};
pub use crate::data_dir::DATABASE_FILE_NAME;
