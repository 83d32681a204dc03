//! Registered providers.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::caller::Admin;
use crate::api::problem::Problem;
use crate::app::SharedApp;
use model::{Field, Input, Kind, ProviderRecord, Timestamp};

#[derive(Debug, Serialize, ToSchema)]
pub struct Providers {
    providers: Vec<ProviderView>,
}

/// A registered provider component.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderView {
    id: String,
    version: String,
    label: String,
    /// SHA-256 of the component, in hexadecimal.
    sha256: String,
    size_bytes: u64,
    #[schema(value_type = String, format = DateTime)]
    registered_at: Timestamp,
    kinds: Vec<KindView>,
}

/// One sort of integration, with the forms to fill in.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindView {
    id: String,
    label: String,
    settings: Vec<FieldView>,
    credential: Vec<FieldView>,
    /// How a user makes a credential.
    credential_help: String,
    permissions: Vec<NeededPermissionView>,
}

/// One field of a form.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldView {
    name: String,
    label: String,
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

/// All registered providers.
#[utoipa::path(
    get, path = "/admin/providers", tag = "admin",
    responses((status = 200, body = Providers), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("admin" = [])),
)]
pub(in crate::api) async fn list(State(app): State<SharedApp>, _: Admin) -> Result<Answer, Problem> {
    let providers = app.store.providers().await?.into_iter().map(ProviderView::from).collect();
    Ok(Answer::ok(&Providers { providers }))
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
            permissions: kind
                .permissions
                .into_iter()
                .map(|needed| NeededPermissionView { name: needed.name, needed_for: needed.needed_for })
                .collect(),
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
