//! WebDriver as a client speaks it (W3C WebDriver 2): JSON over HTTP, to a driver on this machine.
//!
//! A client of our own, because the protocol is a request and an answer, and the crates for it bring Mozilla's `webdriver`
//! along, whose licence is not among ours, while half of what is needed here are Chromium's own commands anyway.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use crate::loopback::http;

/// How long the last words to a driver may take, in a place that cannot wait for anybody.
const LAST_WORDS_TIMEOUT: Duration = Duration::from_secs(10);

/// The member of a JSON object by which an element is known (WebDriver, section 12.1).
pub(super) const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The way to one session of a driver.
pub(super) struct Wire {
    http: reqwest::Client,
    port: u16,
    /// Path all commands of the session begin with.
    session: String,
}

/// What a driver said instead of an answer.
#[derive(Debug, thiserror::Error)]
#[error("{error}: {message}")]
pub(super) struct Refused {
    /// Code of the protocol, such as `stale element reference`.
    pub(super) error: String,
    pub(super) message: String,
}

impl Wire {
    /// Opens a session; `capabilities` are all that have to be met.
    pub(super) async fn open(port: u16, capabilities: Value) -> Wire {
        let http = http().expect("a client");
        let mut wire = Wire { http, port, session: "/session".to_owned() };
        let body = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let opened = wire.ask(Method::POST, "", Some(body)).await.unwrap_or_else(|refused| panic!("{refused}"));
        let id = opened["sessionId"].as_str().expect("a session has an id");
        wire.session = format!("/session/{id}");
        wire
    }

    /// One command; `path` is below the session's.
    pub(super) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Refused> {
        let request = self.http.request(method, format!("http://127.0.0.1:{}{}{path}", self.port, self.session));
        let request = match &body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = async { request.send().await?.json::<Value>().await };
        value_of(answer.await.unwrap_or_else(|error| panic!("the driver of the browser does not answer: {error}")))
    }

    /// One command from where nothing can be awaited. Null where there is no answer: it is too late to do something about it.
    pub(super) fn ask_at_the_end(&self, method: &Method, path: &str, body: &str) -> Value {
        let answer = self.exchange(method, path, body).unwrap_or_default();
        serde_json::from_slice(&answer).ok().and_then(|answer| value_of(answer).ok()).unwrap_or_default()
    }

    /// The body of an answer, by hand: the driver keeps connections open whatever it is asked, and says how long an answer is.
    fn exchange(&self, method: &Method, path: &str, body: &str) -> io::Result<Vec<u8>> {
        let mut stream = BufReader::new(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?);
        stream.get_ref().set_read_timeout(Some(LAST_WORDS_TIMEOUT))?;
        let (session, port, length) = (&self.session, self.port, body.len());
        let head = format!("{method} {session}{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {length}");
        stream.get_mut().write_all(format!("{head}\r\n\r\n{body}").as_bytes())?;
        let mut length = 0;
        loop {
            let mut line = String::new();
            stream.read_line(&mut line)?;
            match line.trim_end().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().unwrap_or(0);
                }
                None if line.trim_end().is_empty() => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).map(|()| body)
    }
}

fn value_of(mut answer: Value) -> Result<Value, Refused> {
    let value = answer["value"].take();
    let text = |member: &str| value[member].as_str().unwrap_or_default().to_owned();
    match value["error"].as_str() {
        Some(error) => Err(Refused { error: error.to_owned(), message: text("message") }),
        None => Ok(value),
    }
}
