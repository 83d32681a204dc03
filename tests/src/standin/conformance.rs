//! Holds requests and answers against a git server's official OpenAPI 3.0 description.
//!
//! In both directions: what our providers send must fit what the vendor documents, and what a stand-in answers must too, or the
//! stand-in teaches us things that are not so. Where the vendor's own server is known to leave its description, the kind lists
//! that as [`Reality`], each entry with its reason; nothing else is forgiven.
//!
//! The descriptions are not part of the project. [`specs_dir`] says where they are, and a test without them says so and passes.

mod document;
mod reality;
mod translate;

use std::path::{Path, PathBuf};

use serde_json::Value;

pub use document::ReadError;
pub use reality::{Alias, Day, Deviation, MoreQuery, Reality, Unlisted};

use super::message::{Answer, Request};
use super::record::Recorded;
use document::{Body, Document, Operation};

/// An official description and what is known of the server that leaves it.
pub struct Conformance {
    document: Document,
    reality: &'static Reality,
}

/// What is wrong, one line each.
pub type Findings = Vec<String>;

impl Conformance {
    pub fn open(path: &Path, reality: &'static Reality) -> Result<Conformance, ReadError> {
        Ok(Conformance { document: Document::open(path)?, reality })
    }

    /// Whether the request is one the description allows: path and method, names and values of the query, body.
    pub fn check_request(&self, recorded: &Recorded) -> Result<(), Findings> {
        let request = &recorded.request;
        match self.target(request) {
            Target::Described(operation) => findings(self.request_findings(request, operation)),
            Target::Unlisted(_) => Ok(()),
            Target::Unknown => Err(vec![format!("{} {} is not described", request.method, request.path)]),
        }
    }

    /// Whether the answer is one the description allows for its request: status and body. A path that
    /// is not described is judged by the deviations that hold everywhere.
    pub fn check_answer(&self, recorded: &Recorded) -> Result<(), Findings> {
        let Some(answer) = &recorded.answer else {
            return Ok(());
        };
        let found = match self.target(&recorded.request) {
            Target::Described(operation) => self.answer_findings(answer, operation),
            Target::Unlisted(unlisted) => self.unlisted_findings(answer, unlisted),
            Target::Unknown => self.deviating_findings(answer, "*", "*"),
        };
        let at = |finding| format!("{} {}: {finding}", recorded.request.method, recorded.request.target());
        findings(found.into_iter().map(at).collect())
    }

    pub fn check_exchange(&self, recorded: &Recorded) -> Result<(), Findings> {
        let both = [self.check_request(recorded), self.check_answer(recorded)];
        findings(both.into_iter().filter_map(Result::err).flatten().collect())
    }

    fn target(&self, request: &Request) -> Target<'_> {
        let Some(path) = self.reality.described_path(&request.path) else {
            return Target::Unknown;
        };
        let method = request.method.as_str();
        if let Some(operation) = self.document.operation(method, &path, self.reality.long_parameters) {
            return Target::Described(operation);
        }
        match self.reality.unlisted(method, &path) {
            Some(unlisted) => Target::Unlisted(unlisted),
            None => Target::Unknown,
        }
    }

    fn request_findings(&self, request: &Request, operation: &Operation) -> Findings {
        let mut found = Findings::new();
        for (name, value) in request.query_pairs() {
            match operation.query.iter().find(|parameter| parameter.name == name) {
                None if self.reality.more_queries.iter().any(|more| more.name == name) => {}
                None => found.push(format!("query parameter {name} is not described")),
                Some(parameter) => {
                    let value = parameter.typed(&value);
                    found.extend(self.document.findings(&parameter.schema, &value, &format!("query parameter {name}")));
                }
            }
        }
        for parameter in operation.query.iter().filter(|parameter| parameter.required) {
            if request.query_value(&parameter.name).is_none() {
                found.push(format!("query parameter {} is missing", parameter.name));
            }
        }
        found.extend(self.request_body_findings(request, operation));
        found
    }

    fn request_body_findings(&self, request: &Request, operation: &Operation) -> Findings {
        match (&operation.body, request.body.is_empty()) {
            (Body::None, true) | (Body::Optional(_), true) => Findings::new(),
            (Body::None, false) => vec!["a body is sent where none is described".to_owned()],
            (Body::Required(_), true) => vec!["the body is missing".to_owned()],
            (Body::Required(schema) | Body::Optional(schema), false) => match request.json() {
                None => vec!["the body is not JSON".to_owned()],
                Some(body) => self.document.findings(schema, &body, "request body"),
            },
        }
    }

    fn answer_findings(&self, answer: &Answer, operation: &Operation) -> Findings {
        match operation.answers.get(&answer.status.as_u16()) {
            // A described status may still come with no JSON at all where the server is known to do that.
            Some(_) if answer.json_body().is_none() && self.may_be_any(answer, operation) => Findings::new(),
            None => self.deviating_findings(answer, operation.method(), operation.template()),
            Some(described) => match &described.schema {
                Some(schema) if !described.is_of_another_media_type(answer) => self.body_findings(answer, schema),
                _ => Findings::new(),
            },
        }
    }

    fn may_be_any(&self, answer: &Answer, operation: &Operation) -> bool {
        let status = answer.status.as_u16();
        let known = self.reality.deviation(operation.method(), operation.template(), status);
        known.is_some_and(|deviation| deviation.component.is_none())
    }

    fn unlisted_findings(&self, answer: &Answer, unlisted: &Unlisted) -> Findings {
        match unlisted.answers.iter().find(|(status, _)| *status == answer.status.as_u16()) {
            Some((_, component)) => self.body_findings(answer, &document::component(component)),
            None => self.deviating_findings(answer, unlisted.method, unlisted.template),
        }
    }

    fn deviating_findings(&self, answer: &Answer, method: &str, template: &str) -> Findings {
        match self.reality.deviation(method, template, answer.status.as_u16()) {
            None => vec![format!("status {} is not described", answer.status.as_u16())],
            Some(Deviation { component: None, .. }) => Findings::new(),
            Some(Deviation { component: Some(component), .. }) => {
                self.body_findings(answer, &document::component(component))
            }
        }
    }

    fn body_findings(&self, answer: &Answer, schema: &str) -> Findings {
        match answer.json_body() {
            None => vec![format!("the body of {} is not JSON", answer.status.as_u16())],
            Some(mut body) => {
                self.reality.days.iter().for_each(|day| day.described(&mut body));
                self.document.findings(schema, &body, &format!("body of {}", answer.status.as_u16()))
            }
        }
    }
}

enum Target<'a> {
    Described(&'a Operation),
    Unlisted(&'static Unlisted),
    Unknown,
}

fn findings(found: Findings) -> Result<(), Findings> {
    if found.is_empty() { Ok(()) } else { Err(found) }
}

/// Where the vendors' descriptions and recorded answers are: `COUNTERSIGN_SPECS`, or `../shared/specs` beside the workspace.
/// None where there is no such directory.
pub fn specs_dir() -> Option<PathBuf> {
    let dir = match std::env::var_os("COUNTERSIGN_SPECS") {
        Some(dir) => PathBuf::from(dir),
        None => {
            let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from)?;
            package.parent()?.join("../shared/specs")
        }
    };
    dir.is_dir().then_some(dir)
}

/// A JSON file below [`specs_dir`]; none, with a line that says so, where it is not there.
pub fn spec_file(relative: &str) -> Option<PathBuf> {
    let Some(dir) = specs_dir() else {
        println!(
            "skipped: no directory of vendor descriptions (COUNTERSIGN_SPECS, or ../shared/specs beside the workspace)"
        );
        return None;
    };
    let path = dir.join(relative);
    if !path.exists() {
        println!("skipped: no {relative} in the directory of vendor descriptions");
        return None;
    }
    Some(path)
}

/// Reads a JSON file. For recorded answers.
pub fn read_json(path: &Path) -> Result<Value, ReadError> {
    document::read(path)
}
