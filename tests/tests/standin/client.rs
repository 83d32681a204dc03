//! A plain HTTP client: sends what a test says and keeps what came back.

use countersign_tests::standin::github::{GitHub, token};
use http::{HeaderMap, Method};
use serde_json::Value;

pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    /// Null when the body is no JSON.
    pub body: Value,
    pub text: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn message(&self) -> &str {
        self.body["message"].as_str().unwrap_or_default()
    }

    /// The member `name` of every item of a list.
    pub fn each(&self, name: &str) -> Vec<&str> {
        let items = self.body.as_array().map(Vec::as_slice).unwrap_or_default();
        items.iter().map(|item| item[name].as_str().unwrap_or_default()).collect()
    }

    /// The URL of a `Link` relation.
    pub fn link(&self, rel: &str) -> Option<String> {
        let wanted = format!("; rel=\"{rel}\"");
        let link = self.header("link")?.split(", ").find(|link| link.ends_with(&wanted))?;
        Some(link.strip_suffix(&wanted)?.trim_matches(['<', '>']).to_owned())
    }
}

pub async fn usual() -> GitHub {
    GitHub::cloud().usual().start().await.unwrap()
}

/// A client that sends a `User-Agent` and follows nothing.
pub fn http() -> reqwest::Client {
    // Which provider wins does not matter: it is always ring.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().user_agent("countersign-tests").no_proxy();
    builder.redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

pub fn request(method: Method, url: &str, token: Option<&str>, body: Option<Value>) -> reqwest::RequestBuilder {
    let mut request = http().request(method, url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    request
}

pub async fn send(request: reqwest::RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    Reply { status, headers, body: serde_json::from_str(&text).unwrap_or_default(), text }
}

pub async fn call(github: &GitHub, method: Method, path: &str, token: Option<&str>, body: Option<Value>) -> Reply {
    send(request(method, &format!("{}{path}", github.url()), token, body)).await
}

/// GET as alice.
pub async fn get(github: &GitHub, path: &str) -> Reply {
    call(github, Method::GET, path, Some(token::ALICE), None).await
}

/// POST as alice.
pub async fn post(github: &GitHub, path: &str, body: Value) -> Reply {
    call(github, Method::POST, path, Some(token::ALICE), Some(body)).await
}

/// DELETE as alice.
pub async fn delete(github: &GitHub, path: &str) -> Reply {
    call(github, Method::DELETE, path, Some(token::ALICE), None).await
}

/// Tip of `main` in acme/widgets.
pub fn main_tip(github: &GitHub) -> String {
    github.git("acme/widgets").references().unwrap().branch("main").unwrap().oid.clone()
}
