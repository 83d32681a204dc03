//! Integrations, as administrators see them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AccountView, BlockedView, RejectionView};
use crate::operate::administration::{ChangedIntegration, SetAside};
use model::{
    IntegrationRecord, Mapping, MaxLength, NetworkRules, OwnCredentialState, Projects, Revision, Timestamp,
    UserCredentials,
};

/// All integrations, as the command line lists them.
#[derive(Debug, Serialize)]
pub struct AdminIntegrations {
    /// In order of id.
    pub integrations: Vec<AdminIntegrationView>,
}

/// An integration, as administrators see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdminIntegrationView {
    /// What the API and the command line name it with.
    #[schema(example = "main")]
    pub id: String,
    /// For people.
    pub name: String,
    /// Id of the provider that serves it.
    pub provider: String,
    /// Which sort of git server it is.
    pub kind: String,
    /// The filled-in settings form.
    pub settings: BTreeMap<String, String>,
    /// Everything a provider can reach for this integration.
    pub origins: Vec<String>,
    /// How those are reached.
    pub network: NetworkView,
    /// Where people look at the git server.
    pub web_url: String,
    /// Jira projects it is open to, each `KEY`, `SITE/KEY` or `SITE/*`; null: all.
    pub projects: Option<Vec<String>>,
    /// *Require User PAT*.
    pub require_user_pat: bool,
    /// When that begins to hold; null: at once.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub require_user_pat_from: Option<Timestamp>,
    /// *Enforce git service permissions*: looking, too, needs the user's own PAT, as long as *Require User PAT* holds.
    pub enforce_git_permissions: bool,
    /// Whether branches can be created.
    pub create_branches: bool,
    /// Whether branches can be deleted.
    pub delete_branches: bool,
    /// Whether pull requests can be created.
    pub create_pull_requests: bool,
    /// Why users cannot have PATs here, where they cannot.
    pub user_pats_unsupported: Option<String>,
    /// Template for suggested branch names; null: the default.
    pub branch_template: Option<String>,
    /// Stands between the words of a suggested name: `-`, `_` or `.`.
    #[schema(example = "-")]
    pub branch_separator: String,
    /// Which letters a suggested name has: `any` or `ascii`.
    #[schema(example = "any")]
    pub branch_letters: String,
    /// Longest suggested name, in bytes; null: what the git server takes.
    pub branch_max_length: Option<u32>,
    /// What Jira projects are worked on with, in the administrator's order.
    pub mappings: Vec<MappingView>,
    /// What the integration's own credential is good for: `missing`, `usable`, `rejected` (by the git server, when it was last used; it
    /// is lent all the same), or `set-aside`, where it was given to another address and is to be given again.
    #[schema(value_type = String, example = "usable")]
    pub own_credential: OwnCredentialState,
    /// Whose the integration's own credential is; null where it has none.
    pub account: Option<AccountView>,
    /// That the git server refused the integration's own credential, where it did. The revision tells nothing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejection: Option<RejectionView>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Names this state of it. As an entity tag, `"17"`, it is what `If-Match` compares.
    #[schema(value_type = i64)]
    pub revision: Revision,
    /// What a change set aside, or would; in the answer to a change only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<SetAsideView>,
    /// Whom the rules would keep from creating anything once they hold; in the answer to a dry run only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked: Option<BlockedView>,
}

/// How the daemon may reach an integration's origins.
#[derive(Debug, Serialize, ToSchema)]
pub struct NetworkView {
    /// Whether an origin may resolve to a private address.
    pub allow_private: bool,
    /// Whether an origin may be `http:`, where credentials travel unencrypted.
    pub allow_http: bool,
    /// Certificates to trust beside the system's, in PEM.
    pub ca_pem: Option<String>,
    /// `host:port` of an origin to the `address:port` to dial instead of asking DNS.
    pub connect_to: BTreeMap<String, String>,
    /// The HTTP proxy that was named for it; `none`: none dials; null: the daemon's own does, if it has one and no `connect_to` says
    /// otherwise. None is taken from the environment.
    #[schema(example = "http://proxy.example.com:3128")]
    pub proxy: Option<String>,
}

impl From<NetworkRules> for NetworkView {
    fn from(rules: NetworkRules) -> Self {
        let NetworkRules { allow_private, allow_http, ca_pem, connect_to, proxy, inherited_proxy: _ } = rules;
        Self { allow_private, allow_http, ca_pem, connect_to, proxy }
    }
}

/// What a Jira project, or one component of it, is worked on with. An issue goes by the first mapping of its project whose
/// component it has, else by the project's mapping without a component.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingView {
    /// A Jira project that the integration is open to: `KEY`, or `SITE/KEY`.
    #[schema(example = "ABC")]
    pub project: String,
    /// Name of a component of the project, to the letter.
    #[schema(example = "Front end")]
    pub component: Option<String>,
    /// Id of the repository that is suggested first.
    #[schema(example = "octo-org/hello-world")]
    pub repository: Option<String>,
    /// Branch that new ones start at; null: the repository's default branch.
    #[schema(example = "main")]
    pub base: Option<String>,
    /// Template for suggested branch names; null: the integration's.
    pub branch_template: Option<String>,
}

impl From<&Mapping> for MappingView {
    fn from(mapping: &Mapping) -> Self {
        Self {
            project: mapping.project.to_string(),
            component: mapping.component.as_ref().map(ToString::to_string),
            repository: mapping.repository.as_ref().map(ToString::to_string),
            base: mapping.base.as_ref().map(ToString::to_string),
            branch_template: mapping.branch_template.as_ref().map(|template| template.as_str().to_owned()),
        }
    }
}

impl From<IntegrationRecord> for AdminIntegrationView {
    fn from(record: IntegrationRecord) -> Self {
        Self {
            own_credential: record.own_credential(),
            id: record.id.to_string(),
            name: record.name.to_string(),
            provider: record.provider.to_string(),
            kind: record.kind.to_string(),
            settings: record.settings,
            origins: record.connection.origins.into_iter().map(|origin| origin.url).collect(),
            network: record.network.into(),
            web_url: record.connection.web_url,
            projects: match record.projects {
                Projects::All => None,
                Projects::Only(some) => Some(some.into_iter().map(String::from).collect()),
            },
            require_user_pat: record.rules.require_user_pat,
            require_user_pat_from: record.rules.require_user_pat_from,
            enforce_git_permissions: record.rules.enforce_git_permissions,
            create_branches: record.features.create_branches,
            delete_branches: record.features.delete_branches,
            create_pull_requests: record.features.create_pull_requests,
            user_pats_unsupported: match record.connection.user_credentials {
                UserCredentials::Supported => None,
                UserCredentials::Unsupported(why) => Some(why),
            },
            branch_template: record.naming.template.map(String::from),
            branch_separator: record.naming.separator.as_char().to_string(),
            branch_letters: record.naming.letters.as_str().to_owned(),
            branch_max_length: record.naming.max_length.map(MaxLength::bytes),
            mappings: record.mappings.as_slice().iter().map(MappingView::from).collect(),
            account: record.account.map(AccountView::from),
            rejection: record.own_rejection.map(RejectionView::from),
            created_at: record.created_at,
            updated_at: record.updated_at,
            revision: record.revision,
            set_aside: None,
            blocked: None,
        }
    }
}

/// Credentials that are lent no more, because they were given to another address.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct SetAsideView {
    /// How many users have to confirm their PATs.
    pub user_pats: usize,
    /// Whether the integration's own credential has to be given again.
    pub own_credential: bool,
}

impl From<ChangedIntegration> for AdminIntegrationView {
    fn from(changed: ChangedIntegration) -> Self {
        let SetAside { user_pats, own_credential } = changed.set_aside;
        let set_aside = Some(SetAsideView { user_pats, own_credential });
        Self { set_aside, blocked: changed.blocked.map(BlockedView::from), ..changed.record.into() }
    }
}
