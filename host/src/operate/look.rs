//! What a user finds: integrations, and the state of her PATs. Nothing is asked of any git server.

use super::decision::{self, Found};
use super::{App, Ask, Asker, OperationError};
use model::policy::users_may_have_pats;
use model::{IntegrationRecord, Kind, PatMetadata, PatState, Policy, Timestamp};

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

/// The same where the user means to save a PAT: refused where users can have none.
pub async fn look_to_save(app: &App, ask: &Ask) -> Result<Looked, OperationError> {
    let found = decision::find(app, ask, LOOK).await?;
    let may_have_one = users_may_have_pats(&found.integration().connection.user_credentials);
    decision::decided(app, ask, LOOK, may_have_one).await?;
    Ok(Looked(found))
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
}

/// The integrations that are open to the project, in order of id.
pub async fn open_integrations(app: &App, asker: &Asker) -> Result<Vec<OpenIntegration>, OperationError> {
    let found = decision::list(app, asker, LOOK).await?.into_inner();
    let Policy { require_user_pat, .. } = found.policy;
    let one = |open: store::OpenIntegration| OpenIntegration {
        requires_user_pat: require_user_pat || open.record.require_user_pat,
        integration: open.record,
        pat: open.pat,
    };
    Ok(found.integrations.into_iter().map(one).collect())
}
