//! One request through the API: what every answer has in common happens here, before and after the route.

use std::collections::HashMap;
use std::sync::{Mutex, RwLock};

use http::{StatusCode, header};
use tempfile::TempDir;
use time::OffsetDateTime;

use super::authenticate::{self, credential};
use super::call::{Call, Caller, Outcome, named};
use super::faults;
use super::limit::{RateLimit, with_limit_headers};
use super::product::Product;
use super::refusal::Refusal;
use super::route;
use super::tokens;
use super::world::{TokenState, World};
use crate::standin::exchange::Api;
use crate::standin::message::{Answer, Request};

/// Seconds until the limit starts anew.
const LIMIT_WINDOW_S: i64 = 60;
/// Requests per minute without a token.
const ANONYMOUS_LIMIT: u32 = 500;

pub(super) struct GitLabApi {
    pub(super) product: Product,
    pub(super) world: RwLock<World>,
    pub(super) page_cap: usize,
    pub(super) totals: bool,
    pub(super) minute_limit: u32,
    pub(super) decoding_proxy: bool,
    pub(super) clock: fn() -> OffsetDateTime,
    /// By login, empty for anonymous.
    pub(super) requests_used: Mutex<HashMap<String, u32>>,
    /// Holds the repositories; gone with the API.
    pub(super) _directory: TempDir,
}

impl Api for GitLabApi {
    fn account_of(&self, request: &Request) -> Option<String> {
        let world = self.world.read().expect("world lock");
        let caller = authenticate::caller(&world, request, (self.clock)()).ok()??;
        Some(caller.account.login.clone())
    }

    fn answer(&self, request: &Request) -> Answer {
        let answer = with_server_headers(self.looked_up(request));
        if tokens::revokes(request) && answer.status == StatusCode::NO_CONTENT {
            self.revoke(request);
        }
        answer
    }
}

impl GitLabApi {
    /// Everything but revoking a token happens with the world as it is: repositories and merge requests have their own locks.
    fn looked_up(&self, request: &Request) -> Answer {
        let world = self.world.read().expect("world lock");
        let now = (self.clock)();
        let found = authenticate::caller(&world, request, now);
        let rate = self.count(found.as_ref().ok().copied().flatten(), now);
        if self.product.cloud && rate.used > rate.limit {
            return faults::limit_reached("Retry later", rate);
        }
        let outcome = found.and_then(|caller| self.outcome(request, &world, caller, now));
        let answer = outcome.unwrap_or_else(Refusal::into_answer);
        // Self-managed GitLab speaks of a limit only where it is reached.
        if self.product.cloud { with_limit_headers(answer, rate) } else { answer }
    }

    fn outcome(&self, request: &Request, world: &World, caller: Option<Caller<'_>>, now: OffsetDateTime) -> Outcome {
        let mut request = request.clone();
        if self.decoding_proxy {
            request.path = request.path.replace("%2F", "/").replace("%2f", "/");
        }
        let path = request.path.strip_prefix(&self.product.api_prefix()).ok_or_else(Refusal::no_route)?.to_owned();
        let call = Call {
            request: &request,
            product: &self.product,
            world,
            caller,
            page_cap: self.page_cap,
            totals: self.totals,
            now,
        };
        let below = Request { path, ..request.clone() };
        route::route(&call, &below.segments().ok_or_else(Refusal::no_route)?)
    }

    fn count(&self, caller: Option<Caller<'_>>, now: OffsetDateTime) -> RateLimit {
        let login = caller.map(|caller| caller.account.login.clone()).unwrap_or_default();
        let (name, limit) = match caller {
            Some(_) => ("throttle_authenticated_api", self.minute_limit),
            None => ("throttle_unauthenticated_api", ANONYMOUS_LIMIT.min(self.minute_limit)),
        };
        let mut used = self.requests_used.lock().expect("rate lock");
        let used = used.entry(login).or_default();
        *used += 1;
        let now = now.unix_timestamp();
        RateLimit { name, limit, used: *used, reset: now - now.rem_euclid(LIMIT_WINDOW_S) + LIMIT_WINDOW_S }
    }

    fn revoke(&self, request: &Request) {
        let mut world = self.world.write().expect("world lock");
        if let Some((secret, _)) = credential(request) {
            world.token_mut(&secret).state = TokenState::Revoked;
        }
    }
}

fn with_server_headers(answer: Answer) -> Answer {
    let json = answer.header("content-type").is_some_and(|media| media.starts_with("application/json"));
    let answer = if json { answer.with(header::CONTENT_TYPE, "application/json") } else { answer };
    answer
        .with(header::SERVER, "nginx")
        .with(header::CACHE_CONTROL, "max-age=0, private, must-revalidate")
        .with(header::VARY, "Origin")
        .with(header::X_FRAME_OPTIONS, "SAMEORIGIN")
        .with(named("x-gitlab-meta"), r#"{"correlation_id":"STANDIN","version":"1"}"#)
        .with(named("x-request-id"), "STANDIN")
}
