//! A client of the daemon: one line per call, a fresh token per request, and nothing normalised on the way, so that a path,
//! a header or a body arrives as the test wrote it.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use countersign::clock::{Clock as _, ManualClock};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::answer::Answer;
use super::contract::Contract;
use super::fixed::CONNECTOR;
use super::jwt::{Draft, Key};

/// Where a daemon is called, and what its exchanges are held to.
pub(super) struct Door {
    pub(super) address: SocketAddr,
    pub(super) contract: &'static Contract,
}

/// A router compares the literal segments of its routes as they are sent.
const IN_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-');

/// A path of the API; each segment is percent-encoded on its own, dots included.
pub fn at(segments: &[&str]) -> String {
    let encoded = segments.iter().map(|segment| utf8_percent_encode(segment, IN_SEGMENT).to_string());
    std::iter::once("/api/v1".to_owned()).chain(encoded).collect::<Vec<_>>().join("/")
}

/// A Jira user, as the registered connector vouches for her.
#[derive(Clone)]
pub struct User {
    door: Arc<Door>,
    key: Arc<Key>,
    clock: Arc<ManualClock>,
    connector: String,
    id: String,
    projects: Vec<String>,
    names: Vec<(&'static str, String)>,
}

impl User {
    pub(super) fn new(door: Arc<Door>, key: Arc<Key>, clock: Arc<ManualClock>, id: &str) -> User {
        let (connector, id, projects) = (CONNECTOR.to_owned(), id.to_owned(), vec!["ABC".to_owned()]);
        User { door, key, clock, connector, id, projects, names: Vec::new() }
    }

    /// The same user with *View Development Tools* in other projects.
    #[must_use]
    pub fn viewing(mut self, projects: &[&str]) -> User {
        self.projects = projects.iter().map(|&key| key.to_owned()).collect();
        self
    }

    /// The same user as her connector calls her: `username` or `display_name`.
    #[must_use]
    pub fn called(mut self, claim: &'static str, name: &str) -> User {
        self.names.push((claim, name.to_owned()));
        self
    }

    /// Whoever has the same id at another connector, which has the same key.
    #[must_use]
    pub fn through(mut self, connector: &str) -> User {
        connector.clone_into(&mut self.connector);
        self
    }

    /// A good token that is not signed yet.
    pub fn unsigned(&self) -> Draft {
        let token = Draft::of(&self.id, &self.projects, self.clock.now().unix_seconds());
        let names = self.names.iter();
        names.fold(token.claim("iss", json!(self.connector)), |token, (claim, name)| token.claim(claim, json!(name)))
    }

    pub fn token(&self) -> String {
        self.key.sign(&self.unsigned())
    }

    pub fn call(&self, method: Method, path: &str) -> Call {
        Call::new(self.door.clone(), method, path).bearer(&self.token())
    }

    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: &str, body: &Value) -> Call {
        self.call(Method::POST, path).json(body)
    }

    pub fn save_pat(&self, integration: &str, token: &str) -> Call {
        self.save_credential(integration, &json!({ "token": token }))
    }

    /// A PAT whose form has whichever fields.
    pub fn save_credential(&self, integration: &str, fields: &Value) -> Call {
        let body = json!({ "fields": fields, "project": "ABC" });
        self.call(Method::PUT, &at(&["integrations", integration, "pat"])).json(&body)
    }

    pub fn pat(&self, integration: &str) -> Call {
        self.get(&format!("{}?project=ABC", at(&["integrations", integration, "pat"])))
    }

    pub fn check_pat(&self, integration: &str) -> Call {
        self.post(&at(&["integrations", integration, "pat", "check"]), &json!({ "project": "ABC" }))
    }

    pub fn repositories(&self, integration: &str) -> Call {
        self.get(&format!("/api/v1/repositories?project=ABC&integration={integration}"))
    }

    pub fn branches(&self, integration: &str, repository: &str) -> Call {
        self.get(&format!("{}?project=ABC", at(&["integrations", integration, "repositories", repository, "branches"])))
    }

    pub fn create_branch(&self, integration: &str, repository: &str, name: &str, from: &str) -> Call {
        self.ask_for_branch(integration, repository, &json!({ "name": name, "from": from, "project": "ABC" }))
    }

    /// Any body to the branches of a repository.
    pub fn ask_for_branch(&self, integration: &str, repository: &str, body: &Value) -> Call {
        self.post(&at(&["integrations", integration, "repositories", repository, "branches"]), body)
    }

    pub fn delete_branch(&self, integration: &str, repository: &str, name: &str) -> Call {
        let path = at(&["integrations", integration, "repositories", repository, "branches", name]);
        self.call(Method::DELETE, &format!("{path}?project=ABC"))
    }

    pub fn create_pull_request(&self, integration: &str, repository: &str, source: &str) -> Call {
        let body = json!({ "title": format!("Merge {source}"), "source": source, "target": "main", "issue": "ABC-1" });
        self.ask_for_pull_request(integration, repository, &body)
    }

    /// Any body to the pull requests of a repository.
    pub fn ask_for_pull_request(&self, integration: &str, repository: &str, body: &Value) -> Call {
        self.post(&at(&["integrations", integration, "repositories", repository, "pull-requests"]), body)
    }

    pub fn remove_pat(&self, integration: &str) -> Call {
        self.call(Method::DELETE, &format!("{}?project=ABC", at(&["integrations", integration, "pat"])))
    }

    /// Removes the PAT, at the git server too.
    pub fn revoke_pat(&self, integration: &str) -> Call {
        let path = at(&["integrations", integration, "pat"]);
        self.call(Method::DELETE, &format!("{path}?project=ABC&revoke=true"))
    }
}

/// One request, sent when it is awaited.
pub struct Call {
    door: Arc<Door>,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    pub(super) fn new(door: Arc<Door>, method: Method, path: &str) -> Call {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("countersign.example.com"));
        Call { door, method, path: path.to_owned(), headers, body: Bytes::new() }
    }

    /// Sets a header, replacing one of the same name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Call {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header name");
        self.headers.insert(name, HeaderValue::from_str(value).expect("a header value"));
        self
    }

    #[must_use]
    pub fn bearer(self, token: &str) -> Call {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// With an idempotency key.
    #[must_use]
    pub fn keyed(self, key: &str) -> Call {
        self.header("idempotency-key", key)
    }

    #[must_use]
    pub fn json(self, body: &Value) -> Call {
        self.body("application/json", body.to_string())
    }

    #[must_use]
    pub fn body(mut self, media_type: &str, body: impl Into<Bytes>) -> Call {
        self.body = body.into();
        self.header(CONTENT_TYPE.as_str(), media_type)
    }

    async fn send(self) -> Answer {
        let Call { door, method, path, headers, body } = self;
        let mut request = Request::new(Full::new(body.clone()));
        *request.method_mut() = method.clone();
        *request.uri_mut() = path.parse().expect("a path");
        *request.headers_mut() = headers;
        let answer = exchange(door.address, request).await;
        assert_eq!(answer.secret(), None, "a secret in the answer to {method} {path}");
        let findings = door.contract.findings(&method, &path, &body, &answer);
        assert!(findings.is_empty(), "{method} {path} leaves the API's own description: {findings:#?}");
        answer
    }
}

impl IntoFuture for Call {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// Sends all calls at one moment, each on a connection of its own. Answers come in the order of the calls.
pub async fn all_at_once(calls: impl IntoIterator<Item = Call>) -> Vec<Answer> {
    let mut sent = JoinSet::new();
    for (index, call) in calls.into_iter().enumerate() {
        sent.spawn(async move { (index, call.await) });
    }
    let mut answers = sent.join_all().await;
    answers.sort_by_key(|(index, _)| *index);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

async fn exchange(address: SocketAddr, request: Request<Full<Bytes>>) -> Answer {
    let stream = TcpStream::connect(address).await.expect("the daemon listens");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("the daemon speaks HTTP");
    let connection = tokio::spawn(connection);
    let response = sender.send_request(request).await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.into_body().collect().await.expect("a whole answer").to_bytes();
    connection.abort();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or_default(), text }
}
