//! Values only: names, credentials, accounts, operations and what providers say.
//!
//! Everything here is parsed at the edge and trusted inside, and [`policy`] decides on nothing else. No I/O, no async, no
//! library that has any.
#![forbid(unsafe_code)]

mod account;
mod admin_session;
mod admin_token;
mod audit;
mod branch_name;
mod branch_naming;
mod branch_shape;
mod branch_template;
mod clock;
mod connection;
mod connector;
mod credential;
mod description;
mod features;
mod git;
mod integration;
mod learnt;
mod limit;
mod mapping;
mod names;
pub mod operation;
mod page_link;
mod place;
pub mod policy;
mod pull_request_text;
mod revision;
mod rules;
mod site;
mod text;
mod time;
mod words;

pub use self::account::{Account, ActedAs, Expiry, Identity, Permission, PermissionState, Receipt};
pub use self::admin_session::AdminSession;
pub use self::admin_token::AdminToken;
pub use self::audit::{
    Actor, AuditEntry, AuditEvent, AuditFault, AuditFilter, AuditVerdict, NewAuditEntry, NotAnEvent,
};
pub use self::branch_name::{BranchName, BranchNameError, MAX_BRANCH_NAME_BYTES};
pub use self::branch_naming::BranchNaming;
pub use self::branch_shape::{Letters, MaxLength, NamingError, Separator};
pub use self::branch_template::{BranchTemplate, Facts as BranchFacts, MAX_TEMPLATE_BYTES, TemplateError};
pub use self::clock::Clock;
pub use self::connection::{AwsOrigin, Connection, CredentialPage, Offers, Origin, Snippet, UserCredentials};
pub use self::connector::{Connector, MAX_ADDRESS_BYTES, NotAnOrigin, PublicKey, web_origin};
pub use self::credential::{CredentialFields, CredentialOwner, PatMetadata, PatRecord, PatState, Rejection, Sealed};
pub use self::description::{
    BasicUser, BranchRules, Description, Field, FieldError, Input, Kind, NeededPermission, Scheme, TextLimits,
    USUAL_PULL_REQUEST_LABEL,
};
pub use self::features::Features;
pub use self::git::{
    Again, Branch, Comparison, CreatedBranch, CreatedPullRequest, Deletion, Failure, FailureReason, NewBranch,
    NewPullRequest, Page, PageLimit, PullRequest, Repository, Revocation, Standing, Unreached, Wait,
};
pub use self::integration::{
    Destination, IntegrationRecord, OwnCredentialState, Policy, Projects, ProviderRecord, Settings,
};
pub use self::learnt::{Learnt, PatAnswer};
pub use self::limit::{Limit, LimitError};
pub use self::mapping::{MAX_MAPPINGS, Mapping, Mappings, MappingsError};
pub use self::names::{
    ConnectorId, DisplayName, IntegrationId, IssueKey, JiraComponent, JiraUser, KindId, NameError, PersonName,
    ProjectKey, ProviderId, RepositoryId, Shape, SiteId, TokenLabel, VisitId,
};
pub use self::operation::{ActAs, OperationKind};
pub use self::page_link::{PageContext, PageIssue, PageLink, PageName, Visit, Visitor};
pub use self::place::{NO_PROXY, NetworkRules, Place};
pub use self::pull_request_text::{Composed, IssueMention, NotOnTheConnector};
pub use self::revision::Revision;
pub use self::rules::Rules;
pub use self::site::{ActingUser, Site, SiteProject, SiteProjects, UserNames};
pub use self::text::{Description as PullRequestDescription, MAX_DESCRIPTION_BYTES, MAX_TITLE_BYTES, TextError, Title};
pub use self::time::{DAY_MS, Timestamp};
