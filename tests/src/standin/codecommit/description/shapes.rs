//! The shapes of CodeCommit's model, ready to be held against values: the schema, and that no member is unknown to it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

/// The name our copy of the document goes by among the schemas.
const DOCUMENT: &str = "urn:countersign:codecommit";

pub(super) struct Shapes {
    definitions: Value,
    schemas: Registry<'static>,
    /// By reference.
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Shapes {
    pub(super) fn of(document: Value) -> Result<Shapes, String> {
        let definitions = document["$defs"].clone();
        let schemas = Registry::new()
            .draft(Draft::Draft202012)
            .add(DOCUMENT, document)
            .and_then(|builder| builder.prepare())
            .map_err(|error| error.to_string())?;
        Ok(Shapes { definitions, schemas, compiled: Mutex::default() })
    }

    /// What is wrong with `value` by `schema`, a reference to a shape. `what` names the value.
    pub(super) fn findings(&self, schema: &Value, value: &Value, what: &str) -> Vec<String> {
        let Some(reference) = schema["$ref"].as_str() else {
            return vec![format!("{what} is sent where none is described")];
        };
        let validator = match self.validator(reference) {
            Ok(validator) => validator,
            Err(unusable) => return vec![format!("the shape {reference} cannot be used: {unusable}")],
        };
        let finding = |error: jsonschema::ValidationError<'_>| format!("{what}{}: {error}", error.instance_path());
        let mut found: Vec<String> = validator.iter_errors(value).map(finding).collect();
        self.unknown_members(schema, value, what, &mut found);
        found
    }

    fn unknown_members(&self, schema: &Value, value: &Value, what: &str, found: &mut Vec<String>) {
        let name = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/$defs/"));
        let schema = name.map_or(schema, |name| &self.definitions[name]);
        match value {
            Value::Object(members) if schema["properties"].is_object() => {
                for (member, value) in members {
                    match schema["properties"].get(member) {
                        None => found.push(format!("{what}/{member} is not described")),
                        Some(schema) => self.unknown_members(schema, value, &format!("{what}/{member}"), found),
                    }
                }
            }
            Value::Array(items) => {
                items.iter().for_each(|item| self.unknown_members(&schema["items"], item, what, found));
            }
            _ => {}
        }
    }

    fn validator(&self, reference: &str) -> Result<Arc<Validator>, String> {
        let mut compiled = self.compiled.lock().expect("schema lock");
        if let Some(validator) = compiled.get(reference) {
            return Ok(Arc::clone(validator));
        }
        let built = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.schemas)
            .build(&json!({ "$ref": format!("{DOCUMENT}{reference}") }))
            .map_err(|error| error.to_string())?;
        let validator = Arc::new(built);
        compiled.insert(reference.to_owned(), Arc::clone(&validator));
        Ok(validator)
    }
}
