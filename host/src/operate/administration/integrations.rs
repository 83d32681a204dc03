//! Integrations: added, changed, removed. One is stored only after its provider accepted the settings, its network settings
//! can work, and, where a credential is given, the git server said whose it is.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::change::{Change, SetAside};
use super::coverage::{Blocked, Trial, blocked};
use super::providers::serving;
use super::rules::{FeaturesPatch, RulesPatch};
use super::{Administration, Expected};
use crate::operate::fields::{self, all_well};
use crate::operate::loan::{Check, Checked};
use crate::operate::providers::Served;
use crate::operate::{App, OperationError, ProviderError};
use model::policy::{permit_integration_check, users_may_have_pats};
use model::{
    Actor, BranchNaming, BranchTemplate, Connection, DisplayName, Features, FieldError, IntegrationId,
    IntegrationRecord, KindId, Letters, Mappings, MaxLength, NetworkRules, Offers, OwnCredentialState, Place, Projects,
    ProviderId, Revision, Rules, Sealed, Separator, Settings, UserCredentials,
};
use sandbox::{ConnectError, network_errors, proxy_origin};
use store::{OwnCredentialChange, SavedPats, SeenIntegration, StoreError};

/// What an integration is added as.
#[derive(Debug)]
pub struct NewIntegration {
    /// How the API and the command line name it.
    pub id: IntegrationId,
    /// One that a registered provider serves.
    pub kind: KindId,
    /// What is said of it; the rest is as it is by default.
    pub patch: IntegrationPatch,
}

/// What is to become of an integration. What is none stays as it is.
#[derive(Debug, Default)]
pub struct IntegrationPatch {
    /// For people. By default the id.
    pub name: Option<DisplayName>,
    /// The whole settings form.
    pub settings: Option<Settings>,
    /// The whole network rules.
    pub network: Option<NetworkRules>,
    /// The Jira projects it is open to. By default all.
    pub projects: Option<Projects>,
    /// Its own rules. By default off.
    pub rules: RulesPatch,
    /// What can be done there. By default all.
    pub features: FeaturesPatch,
    /// Template for suggested branch names; none of some goes back to the default.
    pub branch_template: Option<Option<BranchTemplate>>,
    /// What stands between the words of a suggested name.
    pub branch_separator: Option<Separator>,
    /// Which letters a suggested name has.
    pub branch_letters: Option<Letters>,
    /// Longest suggested name; none of some goes back to what the git server takes.
    pub branch_max_length: Option<Option<MaxLength>>,
    /// The whole list.
    pub mappings: Option<Mappings>,
    /// The integration's own credential.
    pub credential: NewCredential,
}

/// What is to become of an integration's own credential.
#[derive(Debug, Default)]
pub enum NewCredential {
    /// It has the one it had, if any.
    #[default]
    Keep,
    /// It has none.
    Remove,
    /// The filled-in credential form, by field name.
    Replace(BTreeMap<String, SecretString>),
}

/// An integration after a change, or as it would be after it.
#[derive(Debug)]
pub struct ChangedIntegration {
    /// As it is stored, or would be.
    pub record: IntegrationRecord,
    /// What the change sets aside.
    pub set_aside: SetAside,
    /// Whom the rules there would be keep from creating, where the change was only tried.
    pub blocked: Option<Blocked>,
    /// What is different, each member `before` and `after`.
    pub changed: Map<String, Value>,
}

/// All integrations, in order of id.
pub async fn integrations(app: &App) -> Result<Vec<IntegrationRecord>, OperationError> {
    Ok(app.store.integrations().await?)
}

/// One integration.
pub async fn integration(app: &App, id: &IntegrationId) -> Result<IntegrationRecord, OperationError> {
    app.store.integration(id).await?.ok_or_else(|| missing(id))
}

/// How far adding an integration goes. Everything is checked in any case.
#[derive(Debug, Clone, Copy)]
pub enum Adding<'a> {
    /// It is stored.
    Unseen,
    /// It is stored where it reaches just these addresses, which its administrator has seen.
    AsSeen(&'a [String]),
    /// Nothing is stored.
    Tried,
}

/// What came of adding an integration.
#[derive(Debug)]
pub struct AddedIntegration {
    /// As it is, or would be, stored.
    pub record: IntegrationRecord,
    /// False where it was only tried, or reaches other addresses than its administrator has seen.
    pub is_stored: bool,
}

/// Adds an integration.
pub async fn add_integration(
    app: &App,
    by: &Administration,
    new: NewIntegration,
    adding: Adding<'_>,
) -> Result<AddedIntegration, OperationError> {
    let NewIntegration { id, kind, patch } = new;
    if app.store.integration(&id).await?.is_some() {
        return Err(StoreError::Conflict(format!("integration {id}")).into());
    }
    let (provider, served) = serving(app, &kind).await?;
    let blank = blank(app, id, kind, provider.description.id);
    let Prepared { record, credential } = prepare(app, by, &served, &blank, patch).await?;
    let is_stored = match adding {
        Adding::Unseen => true,
        Adding::AsSeen(addresses) => record.place().addresses() == addresses,
        Adding::Tried => false,
    };
    if !is_stored {
        return Ok(AddedIntegration { record, is_stored });
    }
    let audit = Change::IntegrationAdded(&record).entry(app, by);
    let sealed = match credential {
        OwnCredentialChange::Replace(sealed) => Some(sealed),
        OwnCredentialChange::Keep | OwnCredentialChange::Remove => None,
    };
    let revision = app.store.add_integration(record.clone(), sealed, audit).await?;
    Ok(AddedIntegration { record: IntegrationRecord { revision, ..record }, is_stored })
}

/// Changes an integration, unless that is only tried; the kind stays what it is.
pub async fn change_integration(
    app: &App,
    by: &Administration,
    id: &IntegrationId,
    expected: &Expected,
    patch: IntegrationPatch,
    trial: Option<Trial>,
) -> Result<ChangedIntegration, OperationError> {
    let before = integration(app, id).await?;
    expected.hold(before.revision, || format!("integration {id}"))?;
    let (_, served) = serving(app, &before.kind).await?;
    let Prepared { record, credential } = prepare(app, by, &served, &before, patch).await?;
    let set_aside = set_aside(app, &before, &record).await?;
    let has_new_credential = matches!(credential, OwnCredentialChange::Replace(_));
    let change = Change::IntegrationChanged { before: &before, after: &record, has_new_credential, set_aside };
    let changed = change.details();
    if let Some(trial) = trial {
        let policy = app.store.policy().await?;
        let blocked = blocked(app, std::slice::from_ref(&record), &policy, trial).await?;
        return Ok(ChangedIntegration { record, set_aside, blocked: Some(blocked), changed });
    }
    // What is as it was is no change: nobody's revision ends by it.
    if matches!(credential, OwnCredentialChange::Keep)
        && before == (IntegrationRecord { updated_at: before.updated_at, ..record.clone() })
    {
        return Ok(ChangedIntegration { record: before, set_aside, blocked: None, changed });
    }
    let audit = change.entry(app, by);
    let revision = app.store.change_integration(record.clone(), credential, audit).await?;
    Ok(ChangedIntegration { record: IntegrationRecord { revision, ..record }, set_aside, blocked: None, changed })
}

/// Removes an integration with every PAT saved for it: with `pats` alone, where it was told which these are.
pub async fn remove_integration(
    app: &App,
    by: &Administration,
    id: &IntegrationId,
    expected: &Expected,
    pats: Option<SavedPats>,
) -> Result<(), OperationError> {
    let record = integration(app, id).await?;
    expected.hold(record.revision, || format!("integration {id}"))?;
    let pats = match pats {
        Some(pats) => pats,
        None => saved_pats(app, id).await?,
    };
    let audit = Change::IntegrationRemoved { record: &record, people: pats.people }.entry(app, by);
    let seen = SeenIntegration { revision: record.revision, pats };
    let removed = app.store.remove_integration(id, Some(seen), audit).await?;
    if removed { Ok(()) } else { Err(missing(id)) }
}

/// Which PATs would be removed with it.
pub async fn saved_pats(app: &App, id: &IntegrationId) -> Result<SavedPats, OperationError> {
    Ok(app.store.saved_pats(id).await?)
}

fn missing(id: &IntegrationId) -> OperationError {
    OperationError::Missing(format!("integration {id}"))
}

/// What an integration is before anything is said of it: it leads nowhere.
fn blank(app: &App, id: IntegrationId, kind: KindId, provider: ProviderId) -> IntegrationRecord {
    let now = app.clock.now();
    IntegrationRecord {
        name: DisplayName::parse(id.as_str()).expect("an id is a name"),
        id,
        provider,
        kind,
        settings: Settings::new(),
        connection: Connection {
            origins: Vec::new(),
            web_url: String::new(),
            credential_pages: Vec::new(),
            credential_list_page: None,
            grant: None,
            user_credentials: UserCredentials::Supported,
            offers: Offers::default(),
        },
        network: NetworkRules { inherited_proxy: app.config.daemon_proxy.clone(), ..NetworkRules::default() },
        projects: Projects::All,
        rules: Rules::default(),
        features: Features::default(),
        naming: BranchNaming::default(),
        mappings: Mappings::default(),
        own_given_to: None,
        account: None,
        own_rejection: None,
        created_at: now,
        updated_at: now,
        revision: Revision::FIRST,
    }
}

/// An integration that can be stored.
struct Prepared {
    record: IntegrationRecord,
    credential: OwnCredentialChange,
}

async fn prepare(
    app: &App,
    by: &Administration,
    served: &Served,
    before: &IntegrationRecord,
    patch: IntegrationPatch,
) -> Result<Prepared, OperationError> {
    let (patched, credential) = (as_it_would_be(before, &patch), patch.credential);
    let record = IntegrationRecord {
        provider: served.provider.description().id.clone(),
        connection: connect(served, &patched).await?,
        updated_at: app.clock.now().max(before.updated_at),
        ..patched
    };
    hold_together(app, &record).await?;
    let (connection, were) = (&record.connection, &before.connection);
    if (connection, &record.network) != (were, &before.network) {
        all_well(network_errors(connection, &record.network).await)?;
    }
    let is_news = !before.rules.require_user_pat || connection.user_credentials != were.user_credentials;
    // What cannot be kept is said when it is asked for, and does not stand in the way of another change.
    if record.rules.require_user_pat && is_news {
        users_may_have_pats(&connection.user_credentials).map_err(OperationError::Denied)?;
    }
    match credential {
        NewCredential::Keep => Ok(Prepared { record, credential: OwnCredentialChange::Keep }),
        NewCredential::Remove => Ok(Prepared {
            record: IntegrationRecord { own_given_to: None, account: None, own_rejection: None, ..record },
            credential: OwnCredentialChange::Remove,
        }),
        NewCredential::Replace(fields) => with_credential(app, by, served, record, fields).await,
    }
}

/// What was said, put in the place of what was. The provider has not been asked, nor any git server.
pub fn as_it_would_be(before: &IntegrationRecord, patch: &IntegrationPatch) -> IntegrationRecord {
    IntegrationRecord {
        name: patch.name.clone().unwrap_or_else(|| before.name.clone()),
        settings: patch.settings.clone().unwrap_or_else(|| before.settings.clone()),
        network: patch.network.clone().map_or_else(|| before.network.clone(), |network| spelt_once(network, before)),
        projects: patch.projects.clone().unwrap_or_else(|| before.projects.clone()),
        rules: patch.rules.clone().apply(before.rules),
        features: patch.features.clone().apply(before.features),
        naming: BranchNaming {
            template: patch.branch_template.clone().unwrap_or_else(|| before.naming.template.clone()),
            separator: patch.branch_separator.unwrap_or(before.naming.separator),
            letters: patch.branch_letters.unwrap_or(before.naming.letters),
            max_length: patch.branch_max_length.unwrap_or(before.naming.max_length),
        },
        mappings: patch.mappings.clone().unwrap_or_else(|| before.mappings.clone()),
        ..before.clone()
    }
}

/// A proxy in the one form in which two are compared, and certificates as they were where they differ in the ends of their lines
/// alone, which browsers write anew; the daemon's own proxy stays what it is.
fn spelt_once(network: NetworkRules, before: &IntegrationRecord) -> NetworkRules {
    let lines = |pem: &String| pem.trim().lines().map(str::to_owned).collect::<Vec<_>>();
    let stored =
        before.network.ca_pem.clone().filter(|stored| network.ca_pem.as_ref().map(lines) == Some(lines(stored)));
    NetworkRules {
        proxy: network.proxy.as_deref().map(proxy_origin),
        ca_pem: stored.or(network.ca_pem),
        inherited_proxy: before.network.inherited_proxy.clone(),
        ..network
    }
}

/// Has every integration go by the proxy the daemon is started with: it is part of the place that credentials are given to, so it
/// is kept with the integration, and a daemon that was given another one sets them aside as if an administrator had.
pub async fn adopt_proxy(app: &App) -> Result<(), OperationError> {
    let by = Administration { actor: Actor::Daemon, request_id: String::new() };
    for before in integrations(app).await? {
        if before.network.inherited_proxy == app.config.daemon_proxy {
            continue;
        }
        let network = NetworkRules { inherited_proxy: app.config.daemon_proxy.clone(), ..before.network.clone() };
        let after = IntegrationRecord { network, updated_at: app.clock.now().max(before.updated_at), ..before.clone() };
        let set_aside = set_aside(app, &before, &after).await?;
        let change =
            Change::IntegrationChanged { before: &before, after: &after, has_new_credential: false, set_aside };
        let audit = change.entry(app, &by);
        tracing::info!(
            integration = %after.id,
            proxy = after.place().proxy(),
            set_aside = set_aside.user_pats,
            "the daemon's proxy is another one than before"
        );
        app.store.change_integration(after, OwnCredentialChange::Keep, audit).await?;
    }
    Ok(())
}

/// An integration of a kind before anything is said of it: it leads nowhere, and is not stored.
pub fn blank_integration(app: &App, kind: &KindId) -> IntegrationRecord {
    let id = IntegrationId::parse("new").expect("it is an id");
    blank(app, id, kind.clone(), ProviderId::parse("none").expect("it is an id"))
}

async fn connect(served: &Served, record: &IntegrationRecord) -> Result<Connection, OperationError> {
    all_well(fields::settings(served.kind(&record.kind)?, &record.settings))?;
    match served.provider.connect(&record.kind, &record.settings).await {
        Ok(connection) => Ok(connection),
        Err(ConnectError::Settings(errors)) => Err(OperationError::Invalid(errors)),
        Err(ConnectError::Failed(failure)) => Err(ProviderError::Connect(failure.message).into()),
    }
}

/// What has to fit together, whatever of it was changed.
async fn hold_together(app: &App, record: &IntegrationRecord) -> Result<(), OperationError> {
    let mut errors = fields::mappings(&record.mappings, &record.projects);
    errors.extend(record.rules.contradictions());
    for site in record.projects.sites() {
        if app.store.site(site).await?.is_none() {
            errors.push(FieldError { field: "projects".into(), message: format!("there is no site {site}") });
        }
    }
    all_well(errors)
}

/// Asks the git server whose the credential is, and seals it for where the integration leads now.
async fn with_credential(
    app: &App,
    by: &Administration,
    served: &Served,
    record: IntegrationRecord,
    fields: BTreeMap<String, SecretString>,
) -> Result<Prepared, OperationError> {
    let permit = permit_integration_check(record.tried());
    let check = Check { app, author: by.author(Some(&record.id)), served, integration: &record };
    let Checked { loan, answer } = check.candidate(permit, fields).await?;
    let identity = answer.map_err(OperationError::beside_the_setting)?;
    let sealed: Sealed = app.lender.seal(&loan);
    let own_given_to = Some(loan.destination().place.clone());
    let record = IntegrationRecord { own_given_to, account: Some(identity.account), own_rejection: None, ..record };
    Ok(Prepared { record, credential: OwnCredentialChange::Replace(sealed) })
}

/// Whose credentials were good for the address before, and are not for the one after.
async fn set_aside(
    app: &App,
    before: &IntegrationRecord,
    after: &IntegrationRecord,
) -> Result<SetAside, OperationError> {
    let (left, now) = (before.place(), after.place());
    if left == now {
        return Ok(SetAside::default());
    }
    let is_set_aside = |given_to: &Place| given_to.covers(&left) && !given_to.covers(&now);
    let pats = app.store.pats_for(&before.id).await?;
    let own = (before.own_credential(), after.own_credential());
    Ok(SetAside {
        user_pats: pats.iter().filter(|(_, pat)| is_set_aside(&pat.given_to)).count(),
        own_credential: own.0.is_lent() && own.1 == OwnCredentialState::SetAside,
    })
}
