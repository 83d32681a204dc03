//! A client that signs: sends operations as whoever a test says, and can be made to sign wrongly.

use countersign_tests::standin::codecommit::signature::sign;
use countersign_tests::standin::codecommit::token::{self, Key};
use countersign_tests::standin::codecommit::{Builder, CodeCommit};
use countersign_tests::standin::message::Request;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::client::{Reply, http, send};

const REGION: &str = "us-east-1";

pub async fn usual() -> CodeCommit {
    scene().start().await.unwrap()
}

pub fn scene() -> Builder {
    CodeCommit::region(REGION).usual()
}

/// A signed request before it is sent.
#[derive(Clone)]
pub struct Signing {
    pub key: Key,
    pub region: &'static str,
    pub service: &'static str,
    pub at: OffsetDateTime,
    pub headers: Vec<(&'static str, String)>,
    /// Headers that are sent and left out of the signature.
    pub unsigned: &'static [&'static str],
    pub body: String,
}

impl Signing {
    /// An operation of CodeCommit.
    pub fn operation(key: Key, operation: &str, input: &Value) -> Signing {
        let target = format!("CodeCommit_20150413.{operation}");
        let headers = vec![("content-type", "application/x-amz-json-1.1".to_owned()), ("x-amz-target", target)];
        Signing::new(key, "codecommit", headers, input.to_string())
    }

    /// `GetCallerIdentity` of STS.
    pub fn whoami(key: Key) -> Signing {
        let headers = vec![("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned())];
        Signing::new(key, "sts", headers, "Action=GetCallerIdentity&Version=2011-06-15".to_owned())
    }

    fn new(key: Key, service: &'static str, headers: Vec<(&'static str, String)>, body: String) -> Signing {
        Signing { key, region: REGION, service, at: now(), headers, unsigned: &[], body }
    }

    /// Signed for `url`.
    pub fn request(&self, url: &str) -> reqwest::RequestBuilder {
        self.request_by(&http(), url)
    }

    pub fn request_by(&self, client: &reqwest::Client, url: &str) -> reqwest::RequestBuilder {
        let date_time = date_time(self.at);
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        headers.insert("x-amz-date", HeaderValue::from_str(&date_time).unwrap());
        if let Some(session) = self.key.session_token {
            headers.insert("x-amz-security-token", HeaderValue::from_static(session));
        }
        let request = Request {
            method: Method::POST,
            path: "/".to_owned(),
            query: None,
            headers: headers.clone(),
            body: self.body.clone().into(),
            origin: url.to_owned(),
            peer: ([127, 0, 0, 1], 1).into(),
        };
        let names = headers.keys().map(HeaderName::as_str).chain(["host"]);
        let signed: Vec<&str> = names.filter(|name| !self.unsigned.contains(name)).collect();
        let key = (self.key.id, self.key.secret);
        let authorization = sign(&request, &signed, key, self.region, self.service, &date_time);
        client.post(url).headers(headers).header("authorization", authorization).body(self.body.clone())
    }

    pub async fn send(&self, codecommit: &CodeCommit) -> Reply {
        send(self.request(&codecommit.url())).await
    }
}

pub async fn call(codecommit: &CodeCommit, key: Key, operation: &str, input: Value) -> Reply {
    Signing::operation(key, operation, &input).send(codecommit).await
}

/// As alice.
pub async fn ask(codecommit: &CodeCommit, operation: &str, input: Value) -> Reply {
    call(codecommit, token::ALICE, operation, input).await
}

/// Status and name of an error of CodeCommit, without its namespace.
pub fn error(reply: &Reply) -> (u16, String) {
    let kind = reply.body["__type"].as_str().unwrap_or_default();
    (reply.status, kind.rsplit('#').next().unwrap_or_default().to_owned())
}

/// The message, however it is spelt.
pub fn message(reply: &Reply) -> &str {
    reply.body["message"].as_str().or(reply.body["Message"].as_str()).unwrap_or_default()
}

/// Text of the first element of this name.
pub fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let inside = xml.split_once(&format!("<{name}>")).map_or("", |(_, rest)| rest);
    inside.split_once('<').map_or("", |(text, _)| text)
}

/// Tip of `main` in widgets.
pub fn main_tip(codecommit: &CodeCommit) -> String {
    tip(codecommit, "main")
}

/// Tip of a branch of widgets.
pub fn tip(codecommit: &CodeCommit, branch: &str) -> String {
    codecommit.git("widgets").references().unwrap().branch(branch).unwrap().oid.clone()
}

pub fn date_time(at: OffsetDateTime) -> String {
    at.format(format_description!("[year][month][day]T[hour][minute][second]Z")).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the stand-in goes by the system's clock, and so does its client")]
pub fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
