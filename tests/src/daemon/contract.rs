//! The daemon's own OpenAPI document, held against what the daemon does: every status is described, every body fits, no
//! member is undocumented, and what was accepted was described as acceptable.
//!
//! OpenAPI 3.1, whose schemas are JSON Schema 2020-12.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use http::Method;
use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

use super::answer::Answer;

/// The name our copy of the document goes by among the schemas.
const DOCUMENT: &str = "urn:countersign:openapi";
/// What stands before every described path.
const PREFIX: &str = "/api/v1";
/// Described by nothing but itself.
const ITSELF: &str = "/openapi.json";

pub struct Contract {
    document: Value,
    schemas: Registry<'static>,
    /// By pointer.
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Contract {
    pub fn of_this_version() -> &'static Contract {
        static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::new(countersign::api::document()));
        &CONTRACT
    }

    /// # Panics
    /// Where the document's schemas are none.
    pub fn new(mut document: Value) -> Contract {
        close(&mut document);
        let schemas = Registry::new()
            .draft(Draft::Draft202012)
            .add(DOCUMENT, document.clone())
            .and_then(|builder| builder.prepare())
            .expect("the document's schemas are JSON Schema");
        Contract { document, schemas, compiled: Mutex::default() }
    }

    /// The whole of it.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// What is wrong with an exchange, one line each. Paths outside of the API are not described.
    pub fn findings(&self, method: &Method, path: &str, request: &[u8], answer: &Answer) -> Vec<String> {
        let path = path.split('?').next().unwrap_or_default();
        let Some(path) = path.strip_prefix(PREFIX).filter(|path| *path != ITSELF) else { return Vec::new() };
        let Some(operation) = self.operation(method, path) else {
            let is_refused = matches!(answer.status, 400 | 404 | 405);
            return if is_refused { Vec::new() } else { vec![format!("{} for what is not described", answer.status)] };
        };
        let mut found = self.answer_findings(&operation, answer);
        if (200..300).contains(&answer.status) {
            found.extend(self.request_findings(&operation, request));
        }
        found
    }

    /// Pointer of the described operation.
    fn operation(&self, method: &Method, path: &str) -> Option<String> {
        let templates = self.document["paths"].as_object()?.keys().filter(|template| fits(template, path));
        // A literal segment is closer than a parameter.
        let template = templates.min_by_key(|template| template.matches('{').count())?;
        let method = method.as_str().to_lowercase();
        let pointer = format!("/paths/{}/{method}", template.replace('~', "~0").replace('/', "~1"));
        self.document.pointer(&pointer).is_some().then_some(pointer)
    }

    fn answer_findings(&self, operation: &str, answer: &Answer) -> Vec<String> {
        let described = |status: &str| {
            let pointer = format!("{operation}/responses/{status}");
            self.document.pointer(&pointer).map(|_| pointer)
        };
        // Problems are what `default` stands for.
        let otherwise = || described("default").filter(|_| answer.status >= 400);
        let Some(response) = described(&answer.status.to_string()).or_else(otherwise) else {
            return vec![format!("status {} is not described", answer.status)];
        };
        let media_type = answer.header("content-type").unwrap_or_default();
        let content = self.document.pointer(&format!("{response}/content")).and_then(Value::as_object);
        match content {
            None if answer.text.is_empty() => Vec::new(),
            None => vec!["a body where none is described".to_owned()],
            Some(content) if !content.contains_key(media_type) => vec![format!("media type {media_type:?}")],
            Some(_) => {
                let schema = format!("{response}/content/{}/schema", media_type.replace('/', "~1"));
                let is_text = media_type.starts_with("text/") || media_type.ends_with("ndjson");
                let text = if is_text { json!(answer.text) } else { answer.body.clone() };
                let mut found = self.schema_findings(&schema, &text, "answer");
                found.extend(self.unlisted_problem(&response, answer));
                found
            }
        }
    }

    /// The type of a problem that is not among those of its operation and status.
    fn unlisted_problem(&self, response: &str, answer: &Answer) -> Option<String> {
        let listed = self.document.pointer(&format!("{response}/x-problem-types"))?.as_array()?;
        let told = &answer.body["type"];
        (!listed.contains(told)).then(|| format!("the problem {told} is not listed"))
    }

    /// The examples of the document's schemas that their own schema refuses.
    pub fn wrong_examples(&self) -> Vec<String> {
        self.examples("", &self.document)
    }

    fn examples(&self, pointer: &str, value: &Value) -> Vec<String> {
        let members: Vec<(String, &Value)> = match value {
            Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), member)).collect(),
            Value::Array(items) => items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect(),
            _ => return Vec::new(),
        };
        let schema = if value.get("schema").is_some() { format!("{pointer}/schema") } else { pointer.to_owned() };
        let example = value.get("example").filter(|_| value.get("type").is_some() || value.get("schema").is_some());
        let mut found = example.map(|it| self.schema_findings(&schema, it, &schema)).unwrap_or_default();
        for (name, member) in members {
            let name = name.replace('~', "~0").replace('/', "~1");
            found.extend(self.examples(&format!("{pointer}/{name}"), member));
        }
        found
    }

    fn request_findings(&self, operation: &str, request: &[u8]) -> Vec<String> {
        // A mark of the byte order is passed over.
        let request = request.strip_prefix(b"\xef\xbb\xbf").unwrap_or(request);
        let schema = format!("{operation}/requestBody/content/application~1json/schema");
        match (self.document.pointer(&schema), serde_json::from_slice::<Value>(request)) {
            (None, _) if request.is_empty() => Vec::new(),
            (None, _) => vec!["a body was accepted where none is described".to_owned()],
            (Some(_), Err(_)) => vec!["a body was accepted that is no JSON".to_owned()],
            (Some(_), Ok(body)) => self.schema_findings(&schema, &body, "accepted request"),
        }
    }

    fn schema_findings(&self, pointer: &str, value: &Value, what: &str) -> Vec<String> {
        let validator = self.validator(pointer);
        validator.iter_errors(value).map(|error| format!("{what}{}: {error}", error.instance_path())).collect()
    }

    fn validator(&self, pointer: &str) -> Arc<Validator> {
        let mut compiled = self.compiled.lock().expect("schema lock");
        if let Some(validator) = compiled.get(pointer) {
            return Arc::clone(validator);
        }
        // What a pointer may hold and a URI's fragment may not.
        let fragment = pointer.replace('{', "%7B").replace('}', "%7D");
        let built = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.schemas)
            .should_ignore_unknown_formats(true)
            .build(&json!({ "$ref": format!("{DOCUMENT}#{fragment}") }));
        let validator = Arc::new(built.unwrap_or_else(|error| panic!("the schema at {pointer}: {error}")));
        compiled.insert(pointer.to_owned(), Arc::clone(&validator));
        validator
    }
}

/// Forbids members a component does not name: readers of the document could not know of them.
fn close(document: &mut Value) {
    let components = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for schema in components.into_iter().flat_map(|schemas| schemas.values_mut()).filter_map(Value::as_object_mut) {
        if schema.contains_key("properties") && !schema.contains_key("additionalProperties") {
            schema.insert("additionalProperties".to_owned(), json!(false));
        }
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (wanted, given) = (template.split('/'), path.split('/'));
    wanted.clone().count() == given.clone().count()
        && wanted.zip(given).all(|(wanted, given)| wanted == given || (wanted.starts_with('{') && !given.is_empty()))
}
