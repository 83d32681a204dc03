//! Registered providers, with the forms of the kinds they serve.

use serde::Serialize;
use utoipa::ToSchema;

use model::{Field, Input, Kind, NeededPermission, ProviderRecord, Timestamp};
use sandbox::Paused;

/// All registered providers, as the command line lists them.
#[derive(Debug, Serialize)]
pub struct Providers {
    /// In order of id.
    pub providers: Vec<ProviderView>,
}

/// A registered provider component.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderView {
    /// What it calls itself, for programs.
    pub id: String,
    /// Its own version.
    pub version: String,
    /// What it calls itself, for people.
    pub label: String,
    /// SHA-256 of the component, in hexadecimal.
    pub sha256: String,
    /// Of the component.
    pub size_bytes: u64,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    pub registered_at: Timestamp,
    /// The sorts of integration it serves.
    pub kinds: Vec<KindView>,
    /// Where the daemon asks nothing of it now, because it failed again and again. Left out where it is not the daemon that answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<PausedView>, required)]
    pub paused: Option<Vec<PausedView>>,
}

/// Where a provider is paused.
#[derive(Debug, Serialize, ToSchema)]
pub struct PausedView {
    /// At which integration.
    pub integration: String,
    /// For how many more seconds.
    pub seconds: u64,
    /// How many calls it broke off there in a row.
    pub failures: u32,
    /// How the last one ended.
    pub why: String,
}

impl From<Paused> for PausedView {
    fn from(paused: Paused) -> Self {
        let Paused { integration, left, failures, why } = paused;
        Self { integration: integration.to_string(), seconds: left.as_secs() + 1, failures, why }
    }
}

/// One sort of integration, with the forms to fill in.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindView {
    /// What integrations are added as.
    pub id: String,
    /// For people.
    pub label: String,
    /// The form of an integration's settings.
    settings: Vec<FieldView>,
    /// The form of a credential.
    credential: Vec<FieldView>,
    /// How a user makes a credential.
    credential_help: String,
    /// What pull requests are called, as it stands within a sentence.
    #[schema(example = "merge request")]
    pull_request_label: String,
    /// What a credential must be allowed to do.
    permissions: Vec<NeededPermissionView>,
}

/// One field of a form.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldView {
    name: String,
    /// For people.
    label: String,
    /// A sentence more.
    help: String,
    required: bool,
    /// `text`, `url`, `secret` or `choice`.
    input: &'static str,
    /// For a choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<String>,
    example: String,
}

/// What a credential must be allowed to do.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeededPermissionView {
    /// In the git server's own words.
    name: String,
    needed_for: String,
}

/// The form in which a user's PAT is entered.
#[derive(Debug, Serialize, ToSchema)]
pub struct CredentialFormView {
    /// What is filled in, in this order: `fields` of the PAT to be saved, by their names.
    fields: Vec<FieldView>,
    /// How a user makes a PAT.
    help: String,
    /// What a PAT must be allowed to do.
    permissions: Vec<NeededPermissionView>,
}

impl From<&Kind> for CredentialFormView {
    fn from(kind: &Kind) -> Self {
        Self {
            fields: kind.credential.iter().cloned().map(FieldView::from).collect(),
            help: kind.credential_help.clone(),
            permissions: kind.permissions.iter().cloned().map(NeededPermissionView::from).collect(),
        }
    }
}

impl From<NeededPermission> for NeededPermissionView {
    fn from(needed: NeededPermission) -> Self {
        Self { name: needed.name, needed_for: needed.needed_for }
    }
}

impl From<ProviderRecord> for ProviderView {
    fn from(record: ProviderRecord) -> Self {
        Self {
            id: record.description.id.to_string(),
            version: record.description.version,
            label: record.description.label,
            sha256: record.sha256,
            size_bytes: record.size_bytes,
            registered_at: record.registered_at,
            kinds: record.description.kinds.into_iter().map(KindView::from).collect(),
            paused: None,
        }
    }
}

impl From<Kind> for KindView {
    fn from(kind: Kind) -> Self {
        Self {
            id: kind.id.to_string(),
            label: kind.label,
            settings: kind.settings.into_iter().map(FieldView::from).collect(),
            credential: kind.credential.into_iter().map(FieldView::from).collect(),
            credential_help: kind.credential_help,
            pull_request_label: kind.pull_request_label,
            permissions: kind.permissions.into_iter().map(NeededPermissionView::from).collect(),
        }
    }
}

impl From<Field> for FieldView {
    fn from(field: Field) -> Self {
        let (input, choices) = match field.input {
            Input::Text => ("text", vec![]),
            Input::Url => ("url", vec![]),
            Input::Secret => ("secret", vec![]),
            Input::Choice(choices) => ("choice", choices),
        };
        Self {
            name: field.name,
            label: field.label,
            help: field.help,
            required: field.required,
            input,
            choices,
            example: field.example,
        }
    }
}
