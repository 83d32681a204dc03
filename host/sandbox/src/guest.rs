//! What an instance can do in the world: send with the credential it was lent, and write to the log. Nothing else is
//! linked.

use std::sync::Arc;

use url::Url;
use wasmtime::component::{HasSelf, Linker, Resource, ResourceTable};
use wasmtime::{Store, UpdateDeadline};

use super::bindings::countersign::provider::{lending, log, types};
use super::bindings::{GitProvider, GitProviderPre};
use super::egress;
use super::engine::Counts;
use super::handle::LentCredential;
use super::limits::{Exceeded, Growth, Limits};
use super::{Call, Engine, GuestMethod, GuestRequest, GuestResponse, SendFailure};

/// The host's side of one call.
pub(super) struct Guest {
    handles: ResourceTable,
    limits: Limits,
    growth: Growth,
    exceeded: Counts,
    /// Whose log lines these are.
    provider: Whose,
    /// Absent for the pure functions, which are called with no credential.
    call: Option<Call>,
    cpu_epochs: u32,
    requests: u32,
    log_lines: u32,
    log_bytes: usize,
}

/// A component, as the log names it.
#[derive(Debug, Clone)]
pub(super) struct Whose {
    pub id: Arc<str>,
    /// SHA-256 of its bytes.
    pub sha256: Arc<str>,
}

impl Guest {
    /// A store for one call, with every limit set.
    pub(super) fn store(engine: &Engine, provider: &Whose, call: Option<Call>) -> Store<Guest> {
        let limits = *engine.limits();
        let mut handles = ResourceTable::new();
        handles.set_max_capacity(limits.handles as usize);
        let guest = Guest {
            handles,
            limits,
            growth: Growth::within(limits, engine.memory_of_all().clone()),
            exceeded: engine.counts().clone(),
            provider: provider.clone(),
            call,
            cpu_epochs: 0,
            requests: 0,
            log_lines: 0,
            log_bytes: 0,
        };
        let mut store = Store::new(engine.wasmtime(), guest);
        store.set_hostcall_fuel(limits.handed_over_bytes());
        store.set_max_component_handles(limits.handles as usize);
        store.limiter(|guest| &mut guest.growth);
        store.set_epoch_deadline(1);
        // Called only at an epoch in which guest code runs: waiting for a git server costs no CPU time.
        store.epoch_deadline_callback(|mut context| {
            let guest = context.data_mut();
            guest.cpu_epochs += 1;
            if guest.cpu_epochs > guest.limits.cpu_epochs() {
                return Err(Exceeded::Cpu(guest.limits.cpu_ms).into());
            }
            Ok(UpdateDeadline::Yield(1))
        });
        store
    }

    /// Links exactly the contract's imports.
    pub(super) fn linker(engine: &Engine) -> wasmtime::Result<Linker<Guest>> {
        let mut linker = Linker::new(engine.wasmtime());
        GitProvider::add_to_linker::<_, HasSelf<_>>(&mut linker, |guest| guest)?;
        Ok(linker)
    }

    /// A line for each request: who asked whom for what, and what came of it. Nothing of a path, a query or a body.
    fn note(&self, call: &Call, method: GuestMethod, origin: &str, sent: &Result<GuestResponse, SendFailure>) {
        let Whose { id, sha256 } = &self.provider;
        let (provider, integration, request_id) = (&**id, call.integration(), call.request_id());
        let method = egress::method(method);
        let outcome = match sent {
            Ok(reply) => reply.status.to_string(),
            Err(failure) => failure.code.clone(),
        };
        tracing::info!(
            target: "countersign::egress",
            provider, sha256 = &**sha256, %integration, request_id, %method, origin, outcome, "asked a git server"
        );
    }

    /// The handle to pass to the function called.
    pub(super) fn lend(&mut self) -> wasmtime::Result<Resource<LentCredential>> {
        let owned = self.handles.push(LentCredential)?;
        Ok(Resource::new_borrow(owned.rep()))
    }
}

pub(super) type Prepared = GitProviderPre<Guest>;

impl types::Host for Guest {}

impl lending::Host for Guest {}

impl lending::HostCredential for Guest {
    async fn send(
        &mut self,
        credential: Resource<LentCredential>,
        request: GuestRequest,
    ) -> wasmtime::Result<Result<GuestResponse, SendFailure>> {
        self.requests += 1;
        if self.requests > self.limits.requests {
            return Err(Exceeded::Requests(self.limits.requests).into());
        }
        let LentCredential = self.handles.get(&credential)?;
        let call = self.call.clone().ok_or_else(|| wasmtime::Error::msg("nothing is lent to this call"))?;
        let (method, origin) = (request.method, origin_of(&request.url));
        let sent = call.send(request).await;
        self.note(&call, method, &origin, &sent);
        if let Some(limit) = sent.as_ref().err().and_then(egress::exceeded) {
            self.exceeded.count(&self.provider.id, limit);
        }
        Ok(sent)
    }

    /// A guest only ever has a borrow, which it cannot drop for good.
    fn drop(&mut self, _credential: Resource<LentCredential>) -> wasmtime::Result<()> {
        Ok(())
    }
}

impl log::Host for Guest {
    fn emit(&mut self, level: log::Level, message: String) -> wasmtime::Result<()> {
        let Limits { log_lines, log_line_bytes, log_kib, .. } = self.limits;
        self.log_lines += 1;
        // An empty line is one, too.
        self.log_bytes += message.len() + 1;
        if self.log_bytes > self.limits.log_bytes() {
            return Err(Exceeded::Log(log_kib).into());
        }
        if self.log_lines > log_lines {
            return Ok(());
        }
        let message = match &self.call {
            Some(call) => call.redact(message),
            None => message,
        };
        let message: String = message.chars().take(log_line_bytes as usize).flat_map(char::escape_debug).collect();
        let request_id = self.call.as_ref().map(Call::request_id).unwrap_or_default();
        let provider = &*self.provider.id;
        match level {
            log::Level::Debug => tracing::debug!(provider, request_id, "{message}"),
            log::Level::Info => tracing::info!(provider, request_id, "{message}"),
            log::Level::Warn => tracing::warn!(provider, request_id, "{message}"),
            log::Level::Error => tracing::error!(provider, request_id, "{message}"),
        }
        Ok(())
    }
}

/// As the log has it: no more of a URL, and nothing of what is none.
fn origin_of(url: &str) -> String {
    Url::parse(url).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
