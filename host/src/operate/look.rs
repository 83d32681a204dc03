//! What a user finds: integrations, and the state of her PATs. Nothing is asked of any git server.

use super::decision::{self, Found};
use super::{App, Ask, Asker, OperationError};
use model::{IntegrationRecord, Kind, KindId, PatMetadata, PatState, Policy, Timestamp, USUAL_PULL_REQUEST_LABEL};

/// As the audit log calls it where it is refused.
const LOOK: &str = "integration.look";

/// One integration, as its user finds it.
pub struct Looked(Found);

impl Looked {
    /// The integration as it is stored.
    pub fn integration(&self) -> &IntegrationRecord {
        self.0.integration()
    }

    /// What is known of the user's PAT.
    pub fn pat(&self) -> Option<&PatMetadata> {
        self.0.pat_metadata()
    }

    /// What the PAT is good for now.
    pub fn pat_state(&self, now: Timestamp) -> PatState {
        PatState::of(self.pat(), &self.integration().place(), now)
    }

    /// What the provider says of the integration's kind.
    pub fn kind(&self) -> Result<&Kind, OperationError> {
        self.0.kind()
    }
}

/// The integration, if the user may know of it.
pub async fn look(app: &App, ask: &Ask) -> Result<Looked, OperationError> {
    decision::find(app, ask, LOOK).await.map(Looked)
}

/// One of several integrations, as their user finds them.
#[derive(Debug, Clone)]
pub struct OpenIntegration {
    /// As it is stored.
    pub integration: IntegrationRecord,
    /// What is known of the user's PAT.
    pub pat: Option<PatMetadata>,
    /// Whether branches and pull requests need the user's own PAT, by this integration's rule or the global one.
    pub requires_user_pat: bool,
    /// What pull requests are called there.
    pub pull_request_label: String,
}

/// The integrations that are open to the project, in order of id.
pub async fn open_integrations(app: &App, asker: &Asker) -> Result<Vec<OpenIntegration>, OperationError> {
    let found = decision::list(app, asker, LOOK).await?.into_inner();
    let Policy { require_user_pat, .. } = found.policy;
    let providers = app.store.providers().await?;
    let kind_of = |id: &KindId| providers.iter().find_map(|provider| provider.description.kind(id));
    let one = |open: store::OpenIntegration| OpenIntegration {
        pull_request_label: kind_of(&open.record.kind)
            .map_or(USUAL_PULL_REQUEST_LABEL, |kind| &kind.pull_request_label)
            .to_owned(),
        requires_user_pat: require_user_pat || open.record.require_user_pat,
        integration: open.record,
        pat: open.pat,
    };
    Ok(found.integrations.into_iter().map(one).collect())
}
