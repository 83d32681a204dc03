//! One request through the API: which service it is for, whose signature it carries, which operation it asks for.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use http::{HeaderName, Method};
use tempfile::TempDir;
use time::OffsetDateTime;

use super::authenticate;
use super::call::{Call, Outcome};
use super::refusal::Refusal;
use super::service::{JSON, Service, operation};
use super::world::World;
use super::{branches, identity, merge_conflicts, pull_requests, repositories, xml};
use crate::standin::exchange::Api;
use crate::standin::message::{Answer, Request};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// Where the time comes from.
pub(super) type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

pub(super) struct CodeCommitApi {
    pub(super) world: RwLock<World>,
    pub(super) page_cap: usize,
    pub(super) clock: Clock,
    /// So far; numbers the next one.
    pub(super) requests: AtomicU64,
    /// Holds the repositories; gone with the API.
    pub(super) _directory: TempDir,
}

impl Api for CodeCommitApi {
    fn account_of(&self, request: &Request) -> Option<String> {
        let world = self.world.read().expect("world lock");
        let caller = authenticate::caller(&world, request, Service::of(request), (self.clock)()).ok()?;
        Some(caller.user.login.clone())
    }

    fn answer(&self, request: &Request) -> Answer {
        let request_id = format!("57a9d1a0-0000-4000-9000-{:012x}", self.requests.fetch_add(1, Ordering::Relaxed) + 1);
        let world = self.world.read().expect("world lock");
        let (now, service) = ((self.clock)(), Service::of(request));
        let caller = authenticate::caller(&world, request, service, now);
        let answer = match service {
            Service::CodeCommit => caller
                .and_then(|caller| {
                    let call = Call { request, world: &world, caller, page_cap: self.page_cap, now };
                    route(&call)
                })
                .unwrap_or_else(Refusal::into_json),
            Service::Sts => caller
                .and_then(|caller| identity::answer(request, &world, caller, &request_id))
                .unwrap_or_else(|refusal| {
                    let json = xml::wants_json(request);
                    if json { refusal.into_query_json(&request_id) } else { refusal.into_query_xml(&request_id) }
                }),
        };
        answer.with(REQUEST_ID, &request_id)
    }
}

fn route(call: &Call<'_>) -> Outcome {
    let speaks = call.request.header("content-type").is_some_and(|media| media.starts_with(JSON));
    let is_rpc = call.request.method == Method::POST && call.request.path == "/" && speaks;
    let answer = match operation(call.request).filter(|_| is_rpc) {
        Some("BatchGetRepositories") => repositories::batch_get,
        Some("CreateBranch") => branches::create,
        Some("CreatePullRequest") => pull_requests::create,
        Some("DeleteBranch") => branches::delete,
        Some("GetBranch") => branches::get,
        Some("GetMergeConflicts") => merge_conflicts::get,
        Some("GetPullRequest") => pull_requests::get,
        Some("GetRepository") => repositories::get,
        Some("ListBranches") => branches::list,
        Some("ListPullRequests") => pull_requests::list,
        Some("ListRepositories") => repositories::list,
        Some(other) => return Err(Refusal::not_served(call.request, other)),
        None => return Err(Refusal::unknown_operation("The requested operation is not known.")),
    };
    answer(call, &call.body()?)
}
