//! What a user finds: integrations, and the state of her PATs. No git server is asked but about a rejected PAT.

use super::asked_again::asked_again;
use super::decision::{self, Found};
use super::{App, Ask, Asker, OperationError, Outlook};
use model::policy::users_may_have_pats;
use model::{
    IntegrationId, IntegrationRecord, Kind, KindId, PatMetadata, PatState, Revision, Timestamp,
    USUAL_PULL_REQUEST_LABEL,
};
use store::OpenIntegrations;

/// As the audit log calls it where it is refused.
const LOOK: &str = "integration.look";

/// One integration, as its user finds it.
pub struct Looked {
    found: Found,
    outlook: Outlook,
}

impl Looked {
    fn of(app: &App, ask: &Ask, found: Found) -> Self {
        let outlook = Outlook::of(&found.facts(app, ask));
        Self { found, outlook }
    }

    /// The integration as it is stored.
    pub fn integration(&self) -> &IntegrationRecord {
        self.found.integration()
    }

    /// What is known of the user's PAT.
    pub fn pat(&self) -> Option<&PatMetadata> {
        self.found.pat_metadata()
    }

    /// Which one it is.
    pub fn pat_revision(&self) -> Option<Revision> {
        self.found.pat().map(|pat| pat.revision)
    }

    /// What the PAT is good for now.
    pub fn pat_state(&self, now: Timestamp) -> PatState {
        PatState::of(self.pat(), &self.integration().place(), now)
    }

    /// Whose credential would be lent for what she may ask for next.
    pub fn outlook(&self) -> &Outlook {
        &self.outlook
    }

    /// What the provider says of the integration's kind.
    pub fn kind(&self) -> Result<&Kind, OperationError> {
        self.found.kind()
    }

    /// What pull requests are called there.
    pub fn pull_request_label(&self) -> &str {
        label(self.found.kind().ok())
    }

    /// What people call the git server.
    pub fn server(&self) -> &str {
        server(self.found.kind().ok(), self.integration())
    }
}

impl From<Looked> for OpenIntegration {
    fn from(looked: Looked) -> Self {
        Self {
            integration: looked.integration().clone(),
            pat: looked.pat().cloned(),
            pull_request_label: looked.pull_request_label().to_owned(),
            server: looked.server().to_owned(),
            outlook: looked.outlook,
        }
    }
}

/// The integration, if the user may know of it.
pub async fn look(app: &App, ask: &Ask) -> Result<Looked, OperationError> {
    Ok(Looked::of(app, ask, decision::find(app, ask, LOOK).await?))
}

/// The same for somebody who is about to do something there: a rejected PAT is asked about again, where that is due.
pub async fn look_before(app: &App, ask: &Ask) -> Result<Looked, OperationError> {
    let found = decision::find(app, ask, LOOK).await?;
    Ok(Looked::of(app, ask, asked_again(app, ask, LOOK, found).await?))
}

/// The same where the user means to save a PAT: refused where users can have none.
pub async fn look_to_save(app: &App, ask: &Ask) -> Result<Looked, OperationError> {
    let found = decision::find(app, ask, LOOK).await?;
    let may_have_one = users_may_have_pats(&found.integration().connection.user_credentials);
    decision::decided(app, ask, LOOK, may_have_one).await?;
    Ok(Looked::of(app, ask, found))
}

/// One of several integrations, as their user finds them.
#[derive(Debug, Clone)]
pub struct OpenIntegration {
    /// As it is stored.
    pub integration: IntegrationRecord,
    /// What is known of the user's PAT.
    pub pat: Option<PatMetadata>,
    /// Whose credential would be lent for what she may ask for next.
    pub outlook: Outlook,
    /// What pull requests are called there.
    pub pull_request_label: String,
    /// What people call the git server: `GitHub Enterprise Server`.
    pub server: String,
}

/// The integrations that are open to the project, in order of id.
pub async fn open_integrations(app: &App, asker: &Asker) -> Result<Vec<OpenIntegration>, OperationError> {
    let found = decision::list(app, asker, LOOK).await?;
    let now = app.clock.now();
    let outlook = |open: &store::OpenIntegration| {
        let destination = open.record.destination();
        let facts = |found: &OpenIntegrations| {
            decision::facts(&open.record, &destination, &found.policy, &asker.user, open.pat.as_ref(), now)
        };
        Outlook::of(&found.about(facts))
    };
    let outlooks: Vec<Outlook> = found.integrations.iter().map(outlook).collect();
    let providers = app.store.providers().await?;
    let kind_of = |id: &KindId| providers.iter().find_map(|provider| provider.description.kind(id));
    let one = |(open, outlook): (store::OpenIntegration, Outlook)| OpenIntegration {
        pull_request_label: label(kind_of(&open.record.kind)).to_owned(),
        server: server(kind_of(&open.record.kind), &open.record).to_owned(),
        integration: open.record,
        pat: open.pat,
        outlook,
    };
    Ok(found.into_inner().integrations.into_iter().zip(outlooks).map(one).collect())
}

/// The integrations that a PAT of the user's is kept for, open to her project or not.
pub async fn integrations_with_pats(app: &App, asker: &Asker) -> Result<Vec<IntegrationId>, OperationError> {
    Ok(app.store.pats_of(&asker.user).await?.into_iter().map(|(id, _)| id).collect())
}

/// How many PATs are kept for the user besides those of these integrations.
pub async fn pats_elsewhere(app: &App, asker: &Asker, open: &[OpenIntegration]) -> Result<usize, OperationError> {
    let is_here = |id: &IntegrationId| open.iter().any(|open| open.integration.id == *id);
    Ok(integrations_with_pats(app, asker).await?.iter().filter(|id| !is_here(id)).count())
}

/// An integration as it is stored, for a page about it that a one-time link leads to, with its kind where a provider serves it.
pub async fn integration_and_kind(
    app: &App,
    id: &IntegrationId,
) -> Result<Option<(IntegrationRecord, Option<Kind>)>, OperationError> {
    let Some(integration) = app.store.integration(id).await? else { return Ok(None) };
    let providers = app.store.providers().await?;
    let kind = providers.iter().find_map(|provider| provider.description.kind(&integration.kind)).cloned();
    Ok(Some((integration, kind)))
}

/// What pull requests are called; as most call them where nobody says.
fn label(kind: Option<&Kind>) -> &str {
    kind.map_or(USUAL_PULL_REQUEST_LABEL, |kind| &kind.pull_request_label)
}

/// What people call the git server: its kind, or the integration where nobody says.
fn server<'a>(kind: Option<&'a Kind>, integration: &'a IntegrationRecord) -> &'a str {
    kind.map_or(integration.name.as_str(), |kind| &kind.label)
}
