//! What goes wrong on demand: faults wait in a list and each takes the requests it was set for.
//!
//! A fault is about the exchange, not about a git server: what GitHub says when a limit is reached is built in the kind's own
//! module and comes here as [`Fault::Instead`].

use std::fmt;
use std::sync::{Arc, Mutex};

use http::{HeaderName, Method, StatusCode, header};
use hyper::body::Bytes;
use serde_json::{Map, Value, json};

use super::message::{Answer, Request};

/// What happens to a matched request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// This answer, and nothing is done.
    Instead(Answer),
    /// A redirect to an absolute URL, and nothing is done.
    Redirect { status: StatusCode, to: String },
    /// A refusal whose body and a header repeat the request's `Authorization`, or its `PRIVATE-TOKEN` where it has none, and
    /// nothing is done.
    EchoAuthorization { status: StatusCode },
    /// The connection is closed without an answer, and nothing is done.
    CloseBeforeActing,
    /// It IS done, then the connection is closed without an answer.
    ReplyLost,
    /// Waits before anything is done; a client that gives up meanwhile may find it was not done.
    DelayBeforeActing { delay_ms: u64 },
    /// It is done at once, and the answer waits.
    DelayAnswer { delay_ms: u64 },
    /// Done, and this answer, of whatever stands before the server, comes in the place of its own.
    HeldBack(Answer),
    /// Done, but the JSON of the answer ends in the middle.
    MalformedJson,
    /// Done, but these members are missing from the answer's object, or from every object of its list.
    WithoutMembers(Vec<&'static str>),
    /// Done, but this member of the answer's object, or of every object of its list, is another value: one of the wrong type.
    WithMember(&'static str, Value),
    /// Done; the JSON of the answer is followed by spaces until the body has this many bytes.
    PaddedTo { bytes: usize },
    /// Done; the body of the answer goes on until the client has had enough.
    EndlessBody,
    /// Done; the answer comes one byte at a time.
    SlowDrip { interval_ms: u64 },
    /// Done; the answer says that the next page is the one just asked for.
    LoopingNext,
    /// Done; the answer carries one more header.
    ExtraHeader(HeaderName, String),
    /// Done; the answer carries these headers too.
    ExtraHeaders(Vec<(HeaderName, String)>),
}

/// How an answer leaves, faults included.
#[derive(Debug)]
pub enum Reply {
    Whole(Answer),
    Endless(Answer),
    Drip { answer: Answer, interval_ms: u64 },
    Close,
}

impl Fault {
    /// For the record.
    pub fn name(&self) -> &'static str {
        match self {
            Fault::Instead(_) => "instead",
            Fault::Redirect { .. } => "redirect",
            Fault::EchoAuthorization { .. } => "echo-authorization",
            Fault::CloseBeforeActing => "close-before-acting",
            Fault::ReplyLost => "reply-lost",
            Fault::DelayBeforeActing { .. } => "delay-before-acting",
            Fault::DelayAnswer { .. } => "delay-answer",
            Fault::HeldBack(_) => "held-back",
            Fault::MalformedJson => "malformed-json",
            Fault::WithoutMembers(_) => "without-members",
            Fault::WithMember(..) => "with-member",
            Fault::PaddedTo { .. } => "padded",
            Fault::EndlessBody => "endless-body",
            Fault::SlowDrip { .. } => "slow-drip",
            Fault::LoopingNext => "looping-next",
            Fault::ExtraHeader(..) => "extra-header",
            Fault::ExtraHeaders(_) => "extra-headers",
        }
    }

    /// The answer that takes the place of acting, for the faults that have one.
    pub(super) fn instead_of_acting(&self, request: &Request) -> Option<Answer> {
        match self {
            Fault::Instead(answer) => Some(answer.clone()),
            Fault::Redirect { status, to } => Some(Answer::empty(*status).with(header::LOCATION, to)),
            Fault::EchoAuthorization { status } => Some(echo(*status, request)),
            _ => None,
        }
    }

    /// What becomes of the answer to a request that was acted on.
    pub(super) fn after_acting(&self, request: &Request, answer: Answer) -> Reply {
        match self {
            Fault::ReplyLost => Reply::Close,
            Fault::HeldBack(instead) => Reply::Whole(instead.clone()),
            Fault::EndlessBody => Reply::Endless(answer),
            Fault::SlowDrip { interval_ms } => Reply::Drip { answer, interval_ms: *interval_ms },
            other => Reply::Whole(other.altered(request, answer)),
        }
    }

    fn altered(&self, request: &Request, mut answer: Answer) -> Answer {
        match self {
            Fault::MalformedJson => answer.body.truncate(answer.body.len() / 2),
            Fault::WithoutMembers(members) => {
                let strip =
                    |object: &mut Map<String, Value>| object.retain(|name, _| !members.contains(&name.as_str()));
                answer.body = changed(&answer, strip);
            }
            Fault::WithMember(name, value) => {
                let replace = |object: &mut Map<String, Value>| drop(object.insert((*name).to_owned(), value.clone()));
                answer.body = changed(&answer, replace);
            }
            Fault::PaddedTo { bytes } => {
                let mut body = answer.body.to_vec();
                body.resize(body.len().max(*bytes), b' ');
                answer.body = body.into();
            }
            Fault::LoopingNext => {
                let next = format!("<{}{}>; rel=\"next\"", request.origin, request.target());
                return answer.with(header::LINK, &next);
            }
            Fault::ExtraHeader(name, value) => return answer.with(name.clone(), value),
            Fault::ExtraHeaders(headers) => {
                return headers.iter().fold(answer, |answer, (name, value)| answer.with(name.clone(), value));
            }
            _ => {}
        }
        answer
    }
}

fn echo(status: StatusCode, request: &Request) -> Answer {
    let authorization = request.header("authorization").or_else(|| request.header("private-token")).unwrap_or_default();
    let message = format!("Could not handle a request with Authorization: {authorization}");
    Answer::json(status, &json!({ "message": message })).with(HeaderName::from_static("x-echo"), authorization)
}

/// The answer's JSON after `change` has been at its object, or at every object of its list.
fn changed(answer: &Answer, change: impl Fn(&mut Map<String, Value>)) -> Bytes {
    let mut body = answer.json_body().unwrap_or_default();
    match &mut body {
        Value::Array(items) => items.iter_mut().filter_map(Value::as_object_mut).for_each(change),
        other => other.as_object_mut().into_iter().for_each(change),
    }
    body.to_string().into()
}

/// Which requests a fault is for.
#[derive(Clone)]
pub struct When {
    holds: Arc<dyn Fn(&Request) -> bool + Send + Sync>,
}

impl When {
    pub fn any() -> When {
        When::request(|_| true)
    }

    /// Any request that `holds` is true of: for APIs whose method and path say nothing.
    pub fn request(holds: impl Fn(&Request) -> bool + Send + Sync + 'static) -> When {
        When { holds: Arc::new(holds) }
    }

    /// `method` on a path, as sent and without query, that `path` holds for.
    pub fn new(method: Method, path: impl Fn(&str) -> bool + Send + Sync + 'static) -> When {
        When::request(move |request| request.method == method && path(&request.path))
    }

    /// `method` on a path, as sent and without query, that ends with `path_end`.
    pub fn ends_with(method: Method, path_end: &str) -> When {
        let path_end = path_end.to_owned();
        When::new(method, move |path| path.ends_with(&path_end))
    }

    pub fn holds(&self, request: &Request) -> bool {
        (self.holds)(request)
    }
}

impl fmt::Debug for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("When").finish_non_exhaustive()
    }
}

/// The faults still waiting. Clones look at the same list.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    waiting: Arc<Mutex<Vec<Waiting>>>,
}

#[derive(Debug)]
struct Waiting {
    when: When,
    fault: Fault,
    /// None: until cleared.
    times_left: Option<u32>,
}

impl Faults {
    /// For the next matching request only.
    pub fn once(&self, when: When, fault: Fault) {
        self.times(1, when, fault);
    }

    /// For the next `times` matching requests.
    pub fn times(&self, times: u32, when: When, fault: Fault) {
        self.wait(Waiting { when, fault, times_left: Some(times) });
    }

    /// For every matching request until [`Faults::clear`].
    pub fn always(&self, when: When, fault: Fault) {
        self.wait(Waiting { when, fault, times_left: None });
    }

    pub fn clear(&self) {
        self.waiting.lock().expect("fault lock").clear();
    }

    /// Whether every fault that was set for a number of requests has happened.
    pub fn all_happened(&self) -> bool {
        self.waiting.lock().expect("fault lock").iter().all(|waiting| waiting.times_left.is_none())
    }

    fn wait(&self, waiting: Waiting) {
        self.waiting.lock().expect("fault lock").push(waiting);
    }

    /// Takes the first waiting fault that matches: one request meets one fault.
    pub(super) fn take(&self, request: &Request) -> Option<Fault> {
        let mut waiting = self.waiting.lock().expect("fault lock");
        let found = waiting.iter().position(|waiting| waiting.when.holds(request))?;
        let fault = waiting[found].fault.clone();
        if let Some(times_left) = &mut waiting[found].times_left {
            *times_left -= 1;
            if *times_left == 0 {
                waiting.remove(found);
            }
        }
        Some(fault)
    }
}
