//! A provider's own tests, without a WebAssembly toolchain: a script of expected requests and their answers.
//!
//! ```
//! use countersign_sdk::testing::{Answer, Script, get};
//! use countersign_sdk::{BaseUrl, Client};
//! use serde_json::json;
//!
//! let script = Script::new()
//!     .step(get("https://git.example.com/user").header("accept", "application/json"), Answer::json(200, json!({"id": 1})));
//!
//! let base = BaseUrl::parse("https://git.example.com").unwrap();
//! let reply = Client::new(&script).with_header("Accept", "application/json").get(base.url().segment("user")).unwrap();
//! assert_eq!(reply.status, 200);
//! // When the script goes out of scope it asserts that every step was used.
//! ```
//!
//! It exists on native targets only, and panics: that is how a test fails.

mod answer;
mod expected;
mod refusal;

use std::cell::RefCell;
use std::collections::VecDeque;

pub use answer::Answer;
pub use expected::{Expected, delete, get, patch, post, put};
pub use refusal::{Refusal, Refusing};

use crate::Transport;
use crate::types::{Request, Response, SendFailure};

/// Answers requests in a fixed order, and fails the test at the first one that was not expected.
#[derive(Default)]
pub struct Script {
    steps: RefCell<VecDeque<(Expected, Answer)>>,
    /// What was sent so far, for the failure message.
    sent: RefCell<Vec<String>>,
}

impl Script {
    /// A script that expects nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Then expects this request and answers it so.
    pub fn step(mut self, expected: Expected, answer: Answer) -> Self {
        self.steps.get_mut().push_back((expected, answer));
        self
    }

    /// How many requests were sent so far.
    pub fn sent(&self) -> usize {
        self.sent.borrow().len()
    }
}

impl Transport for Script {
    fn send(&self, request: Request) -> Result<Response, SendFailure> {
        let line = expected::line(&request);
        let Some((expected, answer)) = self.steps.borrow_mut().pop_front() else {
            panic!("the script is over, and yet came:\n  {line}\nafter:{}", self.history());
        };
        if let Err(difference) = expected.matches(&request) {
            panic!("not the request the script expects: {difference}\nafter:{}", self.history());
        }
        self.sent.borrow_mut().push(line);
        answer.into_result()
    }
}

impl Script {
    fn history(&self) -> String {
        let sent = self.sent.borrow();
        if sent.is_empty() { " nothing".to_owned() } else { sent.iter().map(|line| format!("\n  {line}")).collect() }
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let steps = self.steps.take();
        // A second panic would abort the test process and hide the first one's message.
        if let Some((next, _)) = steps.front().filter(|_| !std::thread::panicking()) {
            let (left, history) = (steps.len(), self.history());
            panic!("{left} step(s) of the script were never used; the next expects:\n  {next}\nafter:{history}");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::types::{Header, Method};

    fn send(script: &Script, method: Method, path: &str, body: Option<&str>) {
        let headers = vec![Header::new("Accept", "a/b"), Header::new("Content-Type", "application/json")];
        let (url, body) = (format!("https://x.example/{path}"), body.map(|text| text.as_bytes().to_vec()));
        let _ = script.send(Request { method, url, headers, body, reads_only: false });
    }

    fn ask(script: &Script, path: &str) {
        send(script, Method::Get, path, None);
    }

    fn failure_of(test: impl FnOnce() + std::panic::UnwindSafe) -> String {
        let panic = std::panic::catch_unwind(test).expect_err("the script let it pass");
        *panic.downcast::<String>().expect("a panic with a message")
    }

    #[test]
    fn an_unexpected_request_fails_and_shows_both_sides_and_the_history() {
        let message = failure_of(|| {
            let script = Script::new()
                .step(get("https://x.example/a"), Answer::empty(200))
                .step(get("https://x.example/b"), Answer::empty(200));
            ask(&script, "a");
            ask(&script, "c");
        });
        assert!(message.contains("https://x.example/b") && message.contains("https://x.example/c"), "{message}");
        assert!(message.contains("after:\n  GET https://x.example/a"), "{message}");
    }

    #[test]
    fn a_request_after_the_end_and_a_step_never_used_both_fail() {
        let over = failure_of(|| ask(&Script::new(), "a"));
        assert!(over.contains("the script is over"), "{over}");
        let unused = failure_of(|| drop(Script::new().step(get("https://x.example/a"), Answer::empty(200))));
        assert!(unused.contains("1 step(s)") && unused.contains("GET https://x.example/a"), "{unused}");
    }

    #[test]
    fn headers_and_bodies_are_compared() {
        let header = failure_of(|| {
            ask(&Script::new().step(get("https://x.example/a").header("accept", "c/d"), Answer::empty(200)), "a");
        });
        assert!(header.contains("accept") && header.contains("c/d") && header.contains("a/b"), "{header}");
        let body = failure_of(|| {
            let expected = post("https://x.example/a").json(json!({"a": 1}));
            let script = Script::new().step(expected, Answer::empty(200));
            send(&script, Method::Post, "a", Some(r#"{"a":2}"#));
        });
        assert!(body.contains(r#"{"a":1}"#) && body.contains(r#"{"a":2}"#), "{body}");
    }
}
