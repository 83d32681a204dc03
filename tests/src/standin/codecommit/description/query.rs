//! A service model of the query protocol: forms in, XML out, or JSON of the same structure.

use http::StatusCode;
use serde_json::Value;

use crate::standin::codecommit::deviations::{self, is_common};
use crate::standin::conformance::Findings;
use crate::standin::message::{Answer, Request};

const FORM: &str = "application/x-www-form-urlencoded";

/// The model as published.
pub(super) struct QueryModel(pub(super) Value);

/// A text in a document, by the names of the elements around it.
type Leaf = (Vec<String>, String);

impl QueryModel {
    pub(super) fn request_findings(&self, request: &Request) -> Findings {
        let mut found = Findings::new();
        if !request.header("content-type").is_some_and(|media| media.starts_with(FORM)) {
            found.push(format!("the media type is not {FORM}"));
        }
        let form = form(request);
        let members = self.shape(&self.operation(&form)["input"])["members"].clone();
        for (name, value) in &form {
            match name.as_str() {
                "Action" if self.0["operations"].get(value).is_none() => found.push(format!("no action {value}")),
                "Version" if self.0["metadata"]["apiVersion"] != *value => found.push(format!("no version {value}")),
                "Action" | "Version" => {}
                other if members.get(other).is_some() => {}
                other => found.push(format!("parameter {other} is not described")),
            }
        }
        for name in ["Action", "Version"] {
            if !form.iter().any(|(given, _)| given == name) {
                found.push(format!("parameter {name} is missing"));
            }
        }
        found
    }

    pub(super) fn answer_findings(&self, request: &Request, answer: &Answer) -> Findings {
        let text = String::from_utf8_lossy(&answer.body);
        let leaves = match answer.json_body() {
            Some(body) => of_json(&body, &[]),
            None => match of_xml(&text) {
                Some(leaves) => leaves,
                None => return vec!["the body is neither XML nor JSON".to_owned()],
            },
        };
        if answer.status != StatusCode::OK {
            return error_findings(answer.status.as_u16(), &leaves);
        }
        let mut found = Findings::new();
        let namespace = self.0["metadata"]["xmlNamespace"].as_str().unwrap_or_default();
        if answer.json_body().is_none() && !text.contains(&format!("xmlns=\"{namespace}\"")) {
            found.push(format!("the namespace is not {namespace}"));
        }
        found.extend(self.output_findings(&self.operation(&form(request))["output"], &leaves));
        found
    }

    fn output_findings(&self, output: &Value, leaves: &[Leaf]) -> Findings {
        let members = &self.shape(output)["members"];
        let (root, wrapper) = (output["shape"].as_str(), output["resultWrapper"].as_str());
        let mut found = Findings::new();
        for (path, text) in leaves {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            match path[..] {
                [first, "ResponseMetadata", "RequestId"] if Some(first) == root => {}
                [first, second, member] if (Some(first), Some(second)) == (root, wrapper) => {
                    found.extend(self.member_findings(&members[member], member, text));
                }
                _ => found.push(format!("{} is not described", path.join("/"))),
            }
        }
        for member in members.as_object().into_iter().flatten().map(|(member, _)| member) {
            if !leaves.iter().any(|(path, _)| path.last() == Some(member)) {
                found.push(format!("{member} is missing"));
            }
        }
        found
    }

    fn member_findings(&self, member: &Value, name: &str, text: &str) -> Option<String> {
        let shape = self.shape(member);
        let length = text.chars().count() as u64;
        let fits = shape["min"].as_u64().is_none_or(|least| least <= length)
            && shape["max"].as_u64().is_none_or(|most| length <= most);
        match (shape["type"] == "string", fits) {
            (true, true) => None,
            (true, false) => Some(format!("{name} is too short or too long")),
            (false, _) => Some(format!("{name} is not described")),
        }
    }

    fn operation(&self, form: &[(String, String)]) -> &Value {
        let action = form.iter().find(|(name, _)| name == "Action").map_or("", |(_, action)| action.as_str());
        &self.0["operations"][action]
    }

    /// The shape that something refers to; null where there is none.
    fn shape(&self, referring: &Value) -> &Value {
        &self.0["shapes"][referring["shape"].as_str().unwrap_or_default()]
    }
}

fn error_findings(status: u16, leaves: &[Leaf]) -> Findings {
    let text = |name: &str| {
        let found = leaves.iter().find(|(path, _)| path.ends_with(&["Error".to_owned(), name.to_owned()]));
        found.map_or("", |(_, text)| text.as_str())
    };
    let mut found = Findings::new();
    if !is_common(deviations::STS, text("Code"), status) {
        found.push(format!("{status} {:?} is no common error", text("Code")));
    }
    if !matches!(text("Type"), "Sender" | "Receiver") {
        found.push(format!("nobody is to blame: {:?}", text("Type")));
    }
    if !leaves.iter().any(|(path, _)| path.last().is_some_and(|last| last == "RequestId")) {
        found.push("no request id".to_owned());
    }
    found
}

fn form(request: &Request) -> Vec<(String, String)> {
    url::form_urlencoded::parse(&request.body).into_owned().collect()
}

fn of_json(value: &Value, path: &[String]) -> Vec<Leaf> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| of_json(value, &[path, std::slice::from_ref(name)].concat()))
            .collect(),
        Value::String(text) => vec![(path.to_vec(), text.clone())],
        other => vec![(path.to_vec(), other.to_string())],
    }
}

/// None when elements are not closed in the order they were opened.
fn of_xml(text: &str) -> Option<Vec<Leaf>> {
    let (mut open, mut leaves): (Vec<String>, Vec<Leaf>) = Default::default();
    let (before, tags) = text.split_once('<')?;
    for tag in tags.split('<') {
        let (name, text) = tag.split_once('>')?;
        match name.strip_prefix('/') {
            Some(closed) if open.pop()? == closed => {}
            Some(_) => return None,
            None => open.push(name.split(' ').next()?.to_owned()),
        }
        if !text.trim().is_empty() {
            leaves.push((open.clone(), text.to_owned()));
        }
    }
    (before.is_empty() && open.is_empty()).then_some(leaves)
}
