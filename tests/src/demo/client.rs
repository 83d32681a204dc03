//! The HTTP API as its callers use it: a connector that signs a token for each request, and an administrator.

use anyhow::Context as _;
use http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::administer::CONNECTOR;
use super::integrations::{PROJECT, User};
use super::running::Demo;
use crate::loopback::http;

/// Asks one demo's daemon.
pub(super) struct Client<'a> {
    demo: &'a Demo,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Null where the text is no JSON.
    pub(super) body: Value,
    pub(super) text: String,
}

impl<'a> Client<'a> {
    pub(super) fn new(demo: &'a Demo) -> anyhow::Result<Client<'a>> {
        Ok(Client { demo, http: http()? })
    }

    pub(super) async fn as_administrator(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> anyhow::Result<Answer> {
        self.send(method, path, &self.demo.administered.admin_token, body).await
    }

    /// As the connector for `user`, with a token made for this request: one is good for one change.
    pub(super) async fn as_user(&self, user: User, method: Method, path: &str, body: Value) -> anyhow::Result<Answer> {
        let key = self.demo.administered.key_path.display().to_string();
        let sign = ["connector", "sign", CONNECTOR, "--key", &key, "--user", user.id, "--project", PROJECT];
        let signed = self.demo.countersign.run(&sign).await?;
        let token = signed["token"].as_str().context("`connector sign` printed no token")?;
        self.send(method, path, token, Some(body)).await
    }

    /// As somebody's browser opens a link.
    pub(super) async fn open(&self, url: &str) -> anyhow::Result<Answer> {
        answer(self.http.get(url)).await
    }

    async fn send(&self, method: Method, path: &str, bearer: &str, body: Option<Value>) -> anyhow::Result<Answer> {
        let request = self.http.request(method, format!("{}{path}", self.demo.daemon.api_url())).bearer_auth(bearer);
        answer(match &body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }
}

/// One segment of a path, whatever is in it.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

async fn answer(request: reqwest::RequestBuilder) -> anyhow::Result<Answer> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let text = response.text().await?;
    Ok(Answer { status, body: serde_json::from_str(&text).unwrap_or_default(), text })
}
