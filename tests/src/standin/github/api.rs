//! One request through the API: what every answer has in common happens here, before and after the route.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::AtomicU32;
use std::sync::{Mutex, RwLock};

use http::{HeaderName, Method, StatusCode, header};
use tempfile::TempDir;
use time::OffsetDateTime;

use super::authenticate;
use super::call::{Call, Caller, Outcome};
use super::faults;
use super::limit::{RateLimit, with_limit_headers};
use super::refusal::{ACCEPTED_SCOPES, Refusal};
use super::route;
use super::world::{Product, Token, TokenSort, World};
use crate::standin::exchange::Api;
use crate::standin::message::{Answer, Request};

/// The one version spoken, and the one taken when a request names none.
const API_VERSION: &str = "2022-11-28";
/// Seconds until the primary limit starts anew.
const LIMIT_WINDOW_S: i64 = 3600;
/// Requests per hour without a token.
const ANONYMOUS_LIMIT: u32 = 60;

pub(super) struct GitHubApi {
    pub(super) product: Product,
    pub(super) world: RwLock<World>,
    pub(super) page_cap: usize,
    pub(super) hourly_limit: u32,
    pub(super) private_mode: bool,
    pub(super) lock_out_after: Option<u32>,
    pub(super) clock: fn() -> OffsetDateTime,
    /// By login, empty for anonymous.
    pub(super) requests_used: Mutex<HashMap<String, u32>>,
    pub(super) bad_credentials: AtomicU32,
    /// Holds the repositories; gone with the API.
    pub(super) _directory: TempDir,
}

impl Api for GitHubApi {
    fn account_of(&self, request: &Request) -> Option<String> {
        let world = self.world.read().expect("world lock");
        let caller = authenticate::caller(&world, request).ok()??;
        Some(caller.account.login.clone())
    }

    fn answer(&self, request: &Request) -> Answer {
        if request.header("user-agent").is_none() {
            return forbidden_without_user_agent();
        }
        let world = self.world.read().expect("world lock");
        let found = authenticate::caller(&world, request);
        let found = authenticate::lock_out(found, &self.bad_credentials, self.lock_out_after);
        let caller = found.as_ref().ok().copied().flatten();
        let rate = self.count(request, caller);
        let outcome = found.and_then(|caller| self.outcome(request, &world, caller, rate));
        let answer = outcome.unwrap_or_else(|refusal| refusal.into_answer(&self.documentation_root()));
        let answer = if caller.is_some() { with_token_headers(answer, caller) } else { answer };
        unless_known(request, self.with_server_headers(answer, rate))
    }
}

impl GitHubApi {
    fn outcome(&self, request: &Request, world: &World, caller: Option<Caller<'_>>, rate: RateLimit) -> Outcome {
        let below = request.path.strip_prefix(self.product.api_prefix());
        let below = below.ok_or_else(|| Refusal::not_served(request))?;
        check_version(request)?;
        check_accept(request)?;
        if self.private_mode && caller.is_none() {
            let message = "Must authenticate to access this API.";
            return Err(Refusal::new(StatusCode::UNAUTHORIZED, message));
        }
        let call =
            Call { request, product: &self.product, world, caller, page_cap: self.page_cap, now: (self.clock)() };
        if self.is_limited() && rate.used > rate.limit {
            return Ok(faults::primary_limit_reached(StatusCode::FORBIDDEN, rate.reset));
        }
        let request = Request { path: below.to_owned(), ..request.clone() };
        route::route(&call, &request.segments().ok_or_else(Refusal::not_found)?, rate)
    }

    /// Rate limiting is off on Enterprise Server unless an administrator turns it on.
    fn is_limited(&self) -> bool {
        self.product == Product::Cloud
    }

    fn count(&self, request: &Request, caller: Option<Caller<'_>>) -> RateLimit {
        let login = caller.map(|caller| caller.account.login.clone()).unwrap_or_default();
        let limit = if caller.is_some() { self.hourly_limit } else { ANONYMOUS_LIMIT.min(self.hourly_limit) };
        let mut used = self.requests_used.lock().expect("rate lock");
        let used = used.entry(login).or_default();
        // Asking how much is left is free.
        if !request.path.ends_with("/rate_limit") {
            *used += 1;
        }
        let now = (self.clock)().unix_timestamp();
        RateLimit { limit, used: *used, reset: now - now.rem_euclid(LIMIT_WINDOW_S) + LIMIT_WINDOW_S }
    }

    fn documentation_root(&self) -> String {
        match &self.product {
            Product::Cloud => "https://docs.github.com".to_owned(),
            Product::Enterprise { version } => {
                let minor: Vec<&str> = version.split('.').take(2).collect();
                format!("https://docs.github.com/enterprise-server@{}", minor.join("."))
            }
        }
    }

    fn with_server_headers(&self, answer: Answer, rate: RateLimit) -> Answer {
        let limits_told = answer.headers.contains_key("x-ratelimit-remaining");
        let mut answer = answer
            .with(header::SERVER, "GitHub.com")
            .with(header::CACHE_CONTROL, "private, max-age=60, s-maxage=60")
            .with(
                header::VARY,
                "Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding, Accept, X-Requested-With",
            )
            .with(named("x-github-media-type"), "github.v3; format=json")
            .with(named("x-github-api-version-selected"), API_VERSION)
            .with(named("x-github-request-id"), "C0DE:1:2:3:4");
        if let Product::Enterprise { version } = &self.product {
            answer = answer.with(named("x-github-enterprise-version"), &format!("enterprise-server@{version}"));
        }
        if self.is_limited() && !limits_told {
            answer = with_limit_headers(answer, rate);
        }
        answer
    }
}

/// What an accepted token brings along: scopes for classic ones only, expiry for those that have one.
fn with_token_headers(answer: Answer, caller: Option<Caller<'_>>) -> Answer {
    let Some(Caller { token: Token { sort, expires, .. }, .. }) = caller else {
        return answer;
    };
    let mut answer = answer;
    if let TokenSort::Classic { scopes } = sort {
        answer = answer.with(named("x-oauth-scopes"), &scopes.join(", "));
        if !answer.headers.contains_key(ACCEPTED_SCOPES) {
            answer = answer.with(ACCEPTED_SCOPES, "");
        }
    } else {
        answer.headers.remove(ACCEPTED_SCOPES);
    }
    match expires {
        Some(expires) => answer.with(named("github-authentication-token-expiration"), expires),
        None => answer,
    }
}

/// 304 for a client that has this very answer already.
fn unless_known(request: &Request, answer: Answer) -> Answer {
    if request.method != Method::GET || answer.status != StatusCode::OK {
        return answer;
    }
    let mut hasher = DefaultHasher::new();
    answer.body.hash(&mut hasher);
    let etag = format!("W/\"{:016x}\"", hasher.finish());
    let mut answer = answer.with(header::ETAG, &etag);
    if request.header("if-none-match").is_some_and(|known| known.split(',').any(|tag| tag.trim() == etag)) {
        answer.status = StatusCode::NOT_MODIFIED;
        answer.body.clear();
        answer.headers.remove(header::CONTENT_TYPE);
    }
    answer
}

fn check_version(request: &Request) -> Result<(), Refusal> {
    match request.header("x-github-api-version") {
        None | Some(API_VERSION) => Ok(()),
        Some(other) => {
            let message = format!("The API version \"{other}\" is not supported.");
            Err(Refusal::new(StatusCode::BAD_REQUEST, &message).documented("/rest/overview/api-versions"))
        }
    }
}

fn check_accept(request: &Request) -> Result<(), Refusal> {
    let Some(accept) = request.header("accept") else {
        return Ok(());
    };
    let speaks = |media: &str| media.contains("json") || media.contains("*/*") || media.contains("vnd.github");
    // An empty one asks for nothing in particular.
    if accept.trim().is_empty() || accept.split(',').any(speaks) {
        return Ok(());
    }
    let message = format!("Unsupported 'Accept' header: '{accept}'. Must accept 'application/json'.");
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, &message))
}

/// Turned away at the edge, before the API: JSON under another label, and none of the usual headers.
fn forbidden_without_user_agent() -> Answer {
    let message = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.";
    Answer::json(StatusCode::FORBIDDEN, &serde_json::json!({ "message": message }))
        .with(header::CONTENT_TYPE, "application/octet-stream")
}

fn named(name: &'static str) -> HeaderName {
    HeaderName::from_static(name)
}
