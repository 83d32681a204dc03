//! The document says everything of everything.

use std::collections::BTreeSet;

use super::*;

fn document() -> Value {
    crate::api::document()
}

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &'_ Value)| {
        let methods: Vec<String> = item.as_object().unwrap().keys().cloned().collect();
        methods.into_iter().map(|method| (path.clone(), method)).collect::<Vec<_>>()
    };
    let all = paths.iter().flat_map(of);
    all.map(|(path, method)| (format!("{method} {path}"), &document["paths"][&path][&method])).collect()
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document = document();
    let ids: Vec<_> = operations(&document).iter().map(|(_, one)| one["operationId"].as_str().unwrap()).collect();
    assert!(ids.contains(&"createBranch") && ids.contains(&"verifyAuditLog"), "{ids:?}");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
    for id in ids {
        assert!(id.bytes().all(|byte| byte.is_ascii_alphabetic()) && id.contains(|c: char| c.is_uppercase()), "{id}");
    }
}

#[test]
fn no_schema_is_called_like_what_makes_another_one_in_generated_clients() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for name in schemas.keys() {
        let is_made = name.strip_prefix("New").is_some_and(|rest| schemas.contains_key(rest));
        assert!(!is_made, "{name} is a function of Go clients");
    }
}

#[test]
fn everything_is_described() {
    let document = document();
    for (what, operation) in operations(&document) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            assert!(response["description"].as_str().is_some_and(|text| text.len() > 5), "{what} {status}");
        }
        assert!(operation.get("parameters").is_none_or(Value::is_array), "{what}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let is_described = parameter.get("$ref").is_some() || parameter["description"].is_string();
            assert!(is_described, "{what}: {parameter}");
        }
    }
    let texts = texts_without_limits("", &document["components"]["schemas"]);
    assert_eq!(texts, Vec::<String>::new());
    assert_eq!(texts_without_limits("", &document["paths"]), Vec::<String>::new());
}

fn texts_without_limits(path: &str, value: &Value) -> Vec<String> {
    let Value::Object(members) = value else {
        let items = value.as_array().into_iter().flatten().enumerate();
        return items.flat_map(|(index, item)| texts_without_limits(&format!("{path}/{index}"), item)).collect();
    };
    let is_bounded = ["enum", "format", "pattern", "maxLength"].iter().any(|keyword| members.contains_key(*keyword));
    let is_file = path.contains("/content/");
    let mut found: Vec<_> =
        (is_of(members, "string") && !is_bounded && !is_file).then(|| path.to_owned()).into_iter().collect();
    let below = members.iter().filter(|(name, _)| *name != "example" && *name != "examples");
    found.extend(below.flat_map(|(name, member)| texts_without_limits(&format!("{path}/{name}"), member)));
    found
}
