//! An OpenAPI 3.0 document, read: its operations by method and path, and its schemas ready to be held against values.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jsonschema::{Draft, Registry, Validator};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};

use super::reality::fits;
use super::translate::translate;
use crate::standin::message::Answer;

/// The name our copy of the document goes by among the schemas.
const DOCUMENT: &str = "urn:countersign:description";
/// Findings reported per value; one wrong `oneOf` can say hundreds of things.
const MAX_FINDINGS: usize = 8;

/// What a pointer may hold and a URI's fragment may not: path templates have braces.
const IN_FRAGMENT: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'%').add(b'<').add(b'>').add(b'`').add(b'{').add(b'}');

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path}: {source}")]
    Json { path: PathBuf, source: serde_json::Error },
    #[error("{path}: {message}")]
    Schema { path: PathBuf, message: String },
}

pub(super) struct Document {
    operations: Vec<Operation>,
    schemas: Registry<'static>,
    /// By pointer.
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

/// Schemas are named by their JSON pointer in the document.
pub(super) struct Operation {
    method: String,
    template: String,
    pub(super) query: Vec<Parameter>,
    pub(super) body: Body,
    /// By status.
    pub(super) answers: BTreeMap<u16, DescribedAnswer>,
}

pub(super) struct DescribedAnswer {
    /// None where the description gives no JSON body.
    pub(super) schema: Option<String>,
    /// What the body may be beside JSON.
    other_media_types: Vec<String>,
}

impl DescribedAnswer {
    pub(super) fn is_of_another_media_type(&self, answer: &Answer) -> bool {
        let given = answer.header("content-type").and_then(|media| media.split(';').next()).unwrap_or_default();
        self.other_media_types.iter().any(|media| media == given)
    }
}

pub(super) enum Body {
    None,
    Optional(String),
    Required(String),
}

pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) schema: String,
    kind: String,
}

impl Parameter {
    /// The text of a query as the value its schema is about.
    pub(super) fn typed(&self, text: &str) -> Value {
        let typed = match self.kind.as_str() {
            "integer" => text.parse::<i64>().ok().map(Value::from),
            "boolean" => text.parse::<bool>().ok().map(Value::from),
            "array" => Some(text.split(',').collect()),
            _ => None,
        };
        typed.unwrap_or_else(|| Value::from(text))
    }
}

impl Operation {
    pub(super) fn method(&self) -> &str {
        &self.method
    }

    pub(super) fn template(&self) -> &str {
        &self.template
    }
}

/// The pointer of a schema component.
pub(super) fn component(name: &str) -> String {
    format!("/components/schemas/{name}")
}

pub(super) fn read(path: &Path) -> Result<Value, ReadError> {
    let bytes = std::fs::read(path).map_err(|source| ReadError::File { path: path.to_owned(), source })?;
    serde_json::from_slice(&bytes).map_err(|source| ReadError::Json { path: path.to_owned(), source })
}

impl Document {
    pub(super) fn open(path: &Path) -> Result<Document, ReadError> {
        let mut document = read(path)?;
        translate(&mut document);
        let operations = operations(&document);
        let schemas = Registry::new()
            .draft(Draft::Draft4)
            .add(DOCUMENT, document)
            .and_then(|builder| builder.prepare())
            .map_err(|error| ReadError::Schema { path: path.to_owned(), message: error.to_string() })?;
        Ok(Document { operations, schemas, compiled: Mutex::default() })
    }

    /// The described operation closest to a path.
    pub(super) fn operation(&self, method: &str, path: &str, long: &[&str]) -> Option<&Operation> {
        let of_method = self.operations.iter().filter(|operation| operation.method == method);
        of_method
            .filter_map(|operation| Some((fits(&operation.template, path, long)?, operation)))
            .max_by_key(|(literals, _)| *literals)
            .map(|(_, operation)| operation)
    }

    /// What is wrong with `value` by the schema at `pointer`. `what` names the value.
    pub(super) fn findings(&self, pointer: &str, value: &Value, what: &str) -> Vec<String> {
        let validator = match self.validator(pointer) {
            Ok(validator) => validator,
            Err(unusable) => {
                return vec![format!("the schema at {pointer} cannot be used: {unusable}")];
            }
        };
        let finding = |error: jsonschema::ValidationError<'_>| {
            let mut text = error.to_string();
            if let Some((end, _)) = text.char_indices().nth(300) {
                text.truncate(end);
            }
            format!("{what}{}: {text}", error.instance_path())
        };
        validator.iter_errors(value).take(MAX_FINDINGS).map(finding).collect()
    }

    fn validator(&self, pointer: &str) -> Result<Arc<Validator>, String> {
        let mut compiled = self.compiled.lock().expect("schema lock");
        if let Some(validator) = compiled.get(pointer) {
            return Ok(Arc::clone(validator));
        }
        let built = jsonschema::options()
            .with_draft(Draft::Draft4)
            .with_registry(&self.schemas)
            .should_ignore_unknown_formats(true)
            .build(&json!({ "$ref": format!("{DOCUMENT}#{}", utf8_percent_encode(pointer, IN_FRAGMENT)) }))
            .map_err(|error| error.to_string())?;
        let validator = Arc::new(built);
        compiled.insert(pointer.to_owned(), Arc::clone(&validator));
        Ok(validator)
    }
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (template, item) in document["paths"].as_object().into_iter().flatten() {
        let item_at = format!("/paths/{}", escaped(template));
        for (method, operation) in item.as_object().into_iter().flatten() {
            if !matches!(method.as_str(), "get" | "post" | "put" | "patch" | "delete" | "head") {
                continue;
            }
            let at = format!("{item_at}/{method}");
            let mut query = parameters(document, &format!("{item_at}/parameters"));
            query.extend(parameters(document, &format!("{at}/parameters")));
            operations.push(Operation {
                method: method.to_uppercase(),
                template: template.clone(),
                query,
                body: body(document, &at),
                answers: answers(document, operation, &at),
            });
        }
    }
    operations
}

fn parameters(document: &Value, at: &str) -> Vec<Parameter> {
    let count = document.pointer(at).and_then(Value::as_array).map_or(0, Vec::len);
    let parameter = |index: usize| {
        let at = resolved(document, &format!("{at}/{index}"));
        let parameter = document.pointer(&at)?;
        let schema = resolved(document, &format!("{at}/schema"));
        (parameter["in"] == "query").then(|| Parameter {
            name: parameter["name"].as_str().unwrap_or_default().to_owned(),
            required: parameter["required"] == true,
            kind: kind(document.pointer(&schema)),
            schema,
        })
    };
    (0..count).filter_map(parameter).collect()
}

/// The type a schema names, the one beside null where it is nullable.
fn kind(schema: Option<&Value>) -> String {
    let named = schema.map(|schema| &schema["type"]);
    let first = named.and_then(|named| named.as_str().or_else(|| named[0].as_str()));
    first.unwrap_or_default().to_owned()
}

fn body(document: &Value, at: &str) -> Body {
    let at = resolved(document, &format!("{at}/requestBody"));
    match (json_schema(document, &at), document.pointer(&at).is_some_and(|body| body["required"] == true)) {
        (None, _) => Body::None,
        (Some(schema), true) => Body::Required(schema),
        (Some(schema), false) => Body::Optional(schema),
    }
}

fn answers(document: &Value, operation: &Value, at: &str) -> BTreeMap<u16, DescribedAnswer> {
    let statuses = operation["responses"].as_object().into_iter().flatten().filter_map(|(status, _)| {
        let at = resolved(document, &format!("{at}/responses/{status}"));
        let content = document.pointer(&format!("{at}/content")).and_then(Value::as_object);
        let media_types = content.into_iter().flat_map(|content| content.keys().cloned());
        let other_media_types = media_types.filter(|media| media != "application/json").collect();
        Some((status.parse().ok()?, DescribedAnswer { schema: json_schema(document, &at), other_media_types }))
    });
    statuses.collect()
}

fn json_schema(document: &Value, at: &str) -> Option<String> {
    let at = format!("{at}/content/application~1json/schema");
    document.pointer(&at).is_some().then_some(at)
}

/// Follows one `$ref` within the document, which is all that descriptions use outside of schemas.
fn resolved(document: &Value, at: &str) -> String {
    let target = document.pointer(at).and_then(|value| value["$ref"].as_str());
    target.and_then(|target| target.strip_prefix('#')).map_or_else(|| at.to_owned(), str::to_owned)
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
