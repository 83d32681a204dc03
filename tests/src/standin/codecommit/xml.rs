//! The query protocol's answers: XML, written by hand because there is so little of it.

use http::{StatusCode, header};

use crate::standin::message::{Answer, Request};

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// `<name>` with the elements in it.
pub(super) fn element(name: &str, inside: &str) -> String {
    let inside: String = inside.lines().map(|line| format!("  {line}\n")).collect();
    format!("<{name}>\n{inside}</{name}>\n")
}

/// Elements with text in them, one a line.
pub(super) fn texts(members: &[(&str, &str)]) -> String {
    members.iter().map(|(name, text)| format!("<{name}>{}</{name}>\n", escaped(text))).collect()
}

pub(super) fn answer(status: StatusCode, root: &str, inside: &str) -> Answer {
    let document = element(root, inside).replacen('>', &format!(" xmlns=\"{NAMESPACE}\">"), 1);
    let mut answer = Answer::empty(status).with(header::CONTENT_TYPE, "text/xml");
    answer.body = document.into();
    answer
}

pub(super) fn wants_json(request: &Request) -> bool {
    request.header("accept").is_some_and(|accept| accept.contains("application/json"))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
