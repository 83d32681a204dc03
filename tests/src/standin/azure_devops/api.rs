//! One request through the API: what every answer has in common happens here, before and after the route.

use std::sync::RwLock;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderName, Method, StatusCode, header};
use tempfile::TempDir;
use time::OffsetDateTime;

use super::authenticate;
use super::call::{Call, Caller, Outcome};
use super::product::Product;
use super::refusal::Refusal;
use super::route;
use super::version::{Asked, asked_version};
use super::world::World;
use crate::standin::exchange::Api;
use crate::standin::message::{Answer, Request};

pub(super) struct AzureDevOpsApi {
    pub(super) product: Product,
    pub(super) world: RwLock<World>,
    pub(super) page_cap: usize,
    pub(super) clock: fn() -> OffsetDateTime,
    /// In the whole collection.
    pub(super) pull_requests_made: AtomicU64,
    /// Holds the repositories; gone with the API.
    pub(super) _directory: TempDir,
}

impl Api for AzureDevOpsApi {
    fn account_of(&self, request: &Request) -> Option<String> {
        let world = self.world.read().expect("world lock");
        let caller = authenticate::caller(&self.product, &world, request, (self.clock)());
        caller.ok().flatten().map(|caller| caller.account.login.clone())
    }

    fn answer(&self, request: &Request) -> Answer {
        let world = self.world.read().expect("world lock");
        let caller = authenticate::caller(&self.product, &world, request, (self.clock)());
        let known = caller.as_ref().ok().copied().flatten();
        let asked = asked_version(request);
        let outcome = caller.and_then(|caller| self.outcome(request, &world, caller, asked.as_deref()));
        let answer = outcome.unwrap_or_else(Refusal::into_answer);
        self.with_server_headers(request, answer, known, asked)
    }
}

impl AzureDevOpsApi {
    fn outcome(&self, request: &Request, world: &World, caller: Option<Caller<'_>>, asked: Option<&str>) -> Outcome {
        let segments = request.segments().ok_or_else(Refusal::no_such_collection)?;
        let below = self.product.below(&segments).ok_or_else(Refusal::no_such_collection)?;
        if caller.is_none() && !self.product.is_hosted() {
            return Err(Refusal::anonymous(&self.product, request));
        }
        let next_pull_request = || self.pull_requests_made.fetch_add(1, Ordering::Relaxed) + 1;
        let call = Call {
            request,
            product: &self.product,
            world,
            caller,
            page_cap: self.page_cap,
            now: (self.clock)(),
            next_pull_request: &next_pull_request,
        };
        let released = self.check_version(request, asked)?;
        route::route(&call, below, released)
    }

    /// Whether the version a request names is one without `-preview`.
    fn check_version(&self, request: &Request, asked: Option<&str>) -> Result<bool, Refusal> {
        let Some(asked) = asked else {
            return match request.method {
                // The newest released version, or the newest preview of what was never released.
                Method::GET | Method::HEAD | Method::OPTIONS => Ok(false),
                ref method => Err(Refusal::web_api(
                    "VssVersionNotSpecifiedException",
                    &format!(
                        "No api-version was supplied for the \"{method}\" request. The version must be supplied either as part of the Accept header (e.g. \"application/json; api-version=1.0\") or as a query parameter (e.g. \"?api-version=1.0\")."
                    ),
                )),
            };
        };
        let newest = self.product.newest();
        match Asked::parse(asked) {
            None => Err(Refusal::web_api(
                "VssInvalidApiResourceVersionException",
                &format!(
                    "Invalid api version string: \"{asked}\". Api version string must be in the format: {{Major}}.{{Minor}}[-preview[.{{ResourceVersion}}]]."
                ),
            )),
            Some(Asked { version, .. }) if version > newest.preview => Err(Refusal::web_api(
                "VssVersionOutOfRangeException",
                &format!(
                    "The requested REST API version of {version} is out of range for this server. The latest REST API version this server supports is {}.",
                    newest.preview
                ),
            )),
            Some(Asked { version, preview: false }) if version > newest.released => Err(Refusal::under_preview(asked)),
            Some(Asked { preview, .. }) => Ok(!preview),
        }
    }

    fn with_server_headers(
        &self,
        request: &Request,
        answer: Answer,
        caller: Option<Caller<'_>>,
        asked: Option<String>,
    ) -> Answer {
        let is_json = answer.header("content-type").is_some_and(|media| media.starts_with("application/json"));
        let mut answer = answer;
        if is_json && answer.status.is_success() && request.method != Method::OPTIONS {
            let version = asked.unwrap_or_else(|| self.product.newest().released.to_string());
            let media = format!("application/json; charset=utf-8; api-version={version}");
            answer = answer.with(header::CONTENT_TYPE, &media);
        }
        if answer.status == StatusCode::UNAUTHORIZED && !self.product.is_hosted() {
            // The web server in front answers; the API never saw the request.
            return answer.with(header::SERVER, "Microsoft-IIS/10.0");
        }
        if let Some(Caller { account, .. }) = caller {
            let user = format!("{}:{}", account.id, self.product.account_name(&account.login));
            answer = answer.with(named("x-vss-userdata"), &user);
        }
        let session = request.header("x-tfs-session").unwrap_or("5742d1e0-0000-4000-8000-000000000001");
        answer
            .with(header::CACHE_CONTROL, "no-cache")
            .with(named("activityid"), "5742d1e0-0000-4000-8000-000000000002")
            .with(named("x-vss-e2eid"), "5742d1e0-0000-4000-8000-000000000002")
            .with(named("x-tfs-processid"), "5742d1e0-0000-4000-8000-000000000003")
            .with(named("x-tfs-session"), session)
    }
}

fn named(name: &'static str) -> HeaderName {
    HeaderName::from_static(name)
}
