//! From OpenAPI 3.0's dialect of JSON Schema to JSON Schema itself: `nullable` becomes a type of its own.
//!
//! The rest of the dialect is JSON Schema draft 4, siblings of `$ref` ignored included, and is judged as such.

use serde_json::{Value, json};

/// Members whose values are data or names and not schemas.
const NOT_SCHEMAS: &[&str] = &["example", "examples", "default", "enum", "mapping"];

/// Rewrites every schema in the document, wherever it stands.
pub(super) fn translate(document: &mut Value) {
    match document {
        Value::Array(items) => items.iter_mut().for_each(translate),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if !NOT_SCHEMAS.contains(&name.as_str()) {
                    translate(member);
                }
            }
            // A property may itself be called `nullable`; the keyword is a plain boolean.
            if members.get("nullable") == Some(&Value::Bool(true)) {
                members.remove("nullable");
                let schema = std::mem::take(document);
                *document = allow_null(schema);
            }
        }
        _ => {}
    }
}

fn allow_null(mut schema: Value) -> Value {
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
    if let (Some(Value::String(name)), None) = (schema.get("type").cloned(), schema.get("oneOf")) {
        schema["type"] = json!([name, "null"]);
        return schema;
    }
    json!({ "anyOf": [schema, { "type": "null" }] })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(mut schema: Value) -> Value {
        translate(&mut schema);
        schema
    }

    #[test]
    fn nullable_with_a_type_is_a_list_of_types() {
        assert_eq!(translated(json!({ "type": "string", "nullable": true })), json!({ "type": ["string", "null"] }));
        assert_eq!(translated(json!({ "type": "string", "nullable": false }))["type"], "string");
    }

    #[test]
    fn nullable_reaches_into_enums_and_around_references() {
        let choice = translated(json!({ "type": "string", "enum": ["a"], "nullable": true }));
        assert_eq!(choice["enum"], json!(["a", null]));
        let reference = translated(json!({ "nullable": true, "oneOf": [{ "$ref": "#/x" }] }));
        assert_eq!(reference, json!({ "anyOf": [{ "oneOf": [{ "$ref": "#/x" }] }, { "type": "null" }] }));
    }

    #[test]
    fn a_property_called_nullable_stays() {
        let schema = json!({ "properties": { "nullable": { "type": "boolean" } }, "example": { "nullable": true } });
        assert_eq!(translated(schema.clone()), schema);
    }
}
