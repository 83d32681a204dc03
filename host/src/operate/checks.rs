//! Filled-in forms held to what the kind asks for, and credentials shown to the git server before they are kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};

use super::OperationError;
use crate::app::App;
use model::policy::Permit;
use model::{
    ActedAs, CredentialFields, Field, FieldError, Identity, Input, IntegrationRecord, Kind, Mapping, Mappings,
    NetworkRules, Projects, Settings,
};
use sandbox::lend::Material;
use sandbox::{Link, Provider, Route};

/// Longest value of a field, in bytes. The longest known token has about 4000.
const MAX_FIELD_BYTES: usize = 8 << 10;
/// Shortest secret, in characters. Nothing shorter is a token, and it could not be told from ordinary text when it has to
/// be taken out of a reply.
const MIN_SECRET_CHARS: usize = 8;

/// Most mappings refused at once: more are no help to whoever reads them.
const MAX_REFUSALS: usize = 20;

/// Settings of an integration as an administrator gave them.
#[derive(Debug, Clone, Default)]
pub struct NewIntegrationSettings {
    pub settings: Settings,
    pub network: NetworkRules,
}

/// Holds a filled-in credential to its form.
pub fn credential_fields(
    kind: &Kind,
    given: BTreeMap<String, SecretString>,
) -> Result<CredentialFields, OperationError> {
    let mut errors = unknown(&kind.credential, given.keys());
    for field in &kind.credential {
        let value = given.get(&field.name).map(|value| value.expose_secret().trim()).unwrap_or_default();
        errors.extend(problem(field, value));
    }
    if !errors.is_empty() {
        return Err(OperationError::Invalid(errors));
    }
    let trimmed = |(name, value): (String, SecretString)| (name, SecretString::from(value.expose_secret().trim()));
    Ok(given.into_iter().map(trimmed).filter(|(_, value)| !value.expose_secret().is_empty()).collect())
}

/// Holds filled-in settings to their form. What they mean is the provider's to say.
pub(super) fn settings(kind: &Kind, given: &Settings) -> Result<(), OperationError> {
    let mut errors = unknown(&kind.settings, given.keys());
    for field in &kind.settings {
        errors.extend(problem(field, given.get(&field.name).map(String::as_str).unwrap_or_default()));
    }
    match errors.is_empty() {
        true => Ok(()),
        false => Err(OperationError::Invalid(errors)),
    }
}

/// Holds every mapping to a project that the integration is open to. Names the first ones that are not.
pub(super) fn mappings(mappings: &Mappings, projects: &Projects) -> Result<(), OperationError> {
    let closed = |(at, mapping): (usize, &Mapping)| {
        let message = format!("the integration is not open to {}", mapping.project);
        let field = format!("mappings[{at}].project");
        (!projects.include(&mapping.project)).then_some(FieldError { field, message })
    };
    let errors: Vec<_> = mappings.as_slice().iter().enumerate().filter_map(closed).take(MAX_REFUSALS).collect();
    match errors.is_empty() {
        true => Ok(()),
        false => Err(OperationError::Invalid(errors)),
    }
}

fn unknown<'a>(form: &[Field], given: impl Iterator<Item = &'a String>) -> Vec<FieldError> {
    let names: Vec<&str> = form.iter().map(|field| field.name.as_str()).collect();
    let message = format!("there is no such field; the fields are: {}", names.join(", "));
    given
        .filter(|name| !names.contains(&name.as_str()))
        .map(|name| FieldError { field: name.chars().take(32).collect(), message: message.clone() })
        .collect()
}

/// What is wrong with a value, if anything. Never repeats it.
fn problem(field: &Field, value: &str) -> Option<FieldError> {
    let message = match &field.input {
        _ if value.is_empty() && !field.required => return None,
        _ if value.is_empty() => format!("{} is missing", field.label),
        _ if value.len() > MAX_FIELD_BYTES => format!("{} has at most {MAX_FIELD_BYTES} bytes", field.label),
        _ if value.chars().any(char::is_control) => {
            format!("{} cannot hold line breaks or control characters", field.label)
        }
        Input::Secret if value.chars().count() < MIN_SECRET_CHARS => {
            format!("{} is too short: it has at least {MIN_SECRET_CHARS} characters", field.label)
        }
        Input::Choice(choices) if !choices.iter().any(|choice| choice == value) => {
            format!("{} is one of: {}", field.label, choices.join(", "))
        }
        Input::Text | Input::Url | Input::Secret | Input::Choice(_) => return None,
    };
    Some(FieldError { field: field.name.clone(), message })
}

/// Asks the git server whose a credential is. The permit says which credential; it is used up.
pub(super) async fn whose(
    app: &App,
    provider: &dyn Provider,
    integration: &IntegrationRecord,
    route: Arc<Route>,
    permit: Permit,
    material: Material<'_>,
    request_id: &str,
) -> Result<Identity, OperationError> {
    let kind = super::kind_of(provider, &integration.kind)?;
    let whose: ActedAs = permit.acts_as();
    let link = lent(app, kind, integration, route, permit, material, request_id)?;
    match provider.whoami(link).await {
        Ok(identity) => Ok(identity.covering(&kind.permissions)),
        Err(failure) => Err(OperationError::failed(failure, whose, integration)),
    }
}

/// One call's worth of a credential. Uses up the permit.
pub(super) fn lent(
    app: &App,
    kind: &Kind,
    integration: &IntegrationRecord,
    route: Arc<Route>,
    permit: Permit,
    material: Material<'_>,
    request_id: &str,
) -> Result<Link, OperationError> {
    let whose = permit.acts_as();
    let lease = app.lender.lend(permit, material, kind).map_err(|error| OperationError::Lend { error, whose })?;
    let (settings, clock) = (integration.settings.clone(), app.clock.clone());
    Ok(Link::new(Arc::new(lease), route, clock, integration.kind.clone(), settings, request_id.to_owned()))
}
