//! The shapes in which values are shown: the API's answers, as the OpenAPI document describes them, and the JSON of the
//! command line. One type for each thing, so that no two of them drift apart.

mod account;
mod admin_integration;
mod admin_token;
mod audit;
mod connector;
mod coverage;
mod credential_page;
mod integration;
mod outlook;
mod pat;
mod provider;
mod repository;
mod site;

pub use self::account::{AccountView, PermissionView, ReceiptView};
pub use self::admin_integration::{AdminIntegrationView, AdminIntegrations, MappingView};
pub use self::admin_token::{AdminTokenView, AdminTokens, MadeAdminTokenView};
pub use self::audit::{AUDIT_TITLES, AuditEntryView, AuditPage, AuditVerdictView, add_audit_rows};
pub use self::connector::{ConnectorView, Connectors};
pub use self::coverage::{BlockedView, CoverageView, CoveredView, coverage_sheet};
pub use self::credential_page::{CredentialPageView, SnippetView};
pub use self::integration::IntegrationView;
pub use self::outlook::OutlookView;
pub use self::pat::{PatView, RejectionView};
pub use self::provider::{CredentialFormView, PausedView, ProviderView, Providers};
pub use self::repository::{BranchView, PullRequestView, RepositoryView};
pub use self::site::{PolicyView, SiteView, Sites};
