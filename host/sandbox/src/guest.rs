//! What an instance can do in the world: send with the credential it was lent, and write to the log. Nothing else is
//! linked.

use wasmtime::component::{HasSelf, Linker, Resource, ResourceTable};
use wasmtime::{Engine, Store, UpdateDeadline};

use super::bindings::countersign::provider::{lending, log, types};
use super::bindings::{GitProvider, GitProviderPre};
use super::handle::LentCredential;
use super::limits::{Exceeded, Growth, MAX_CPU_EPOCHS, MAX_LOG_LINE_BYTES, MAX_LOG_LINES, MAX_REQUESTS};
use super::{Call, GuestRequest, GuestResponse, SendFailure};

/// The host's side of one call.
pub(super) struct Guest {
    handles: ResourceTable,
    growth: Growth,
    /// Whose log lines these are.
    provider: String,
    /// Absent for the pure functions, which are called with no credential.
    call: Option<Call>,
    cpu_epochs: u32,
    requests: u32,
    log_lines: u32,
}

impl Guest {
    /// A store for one call, with every limit set.
    pub(super) fn store(engine: &Engine, provider: &str, call: Option<Call>) -> Store<Guest> {
        let guest = Guest {
            handles: ResourceTable::new(),
            growth: Growth,
            provider: provider.to_owned(),
            call,
            cpu_epochs: 0,
            requests: 0,
            log_lines: 0,
        };
        let mut store = Store::new(engine, guest);
        store.limiter(|guest| &mut guest.growth);
        store.set_epoch_deadline(1);
        // Called only at an epoch in which guest code runs: waiting for a git server costs no CPU time.
        store.epoch_deadline_callback(|mut context| {
            let guest = context.data_mut();
            guest.cpu_epochs += 1;
            if guest.cpu_epochs > MAX_CPU_EPOCHS {
                return Err(Exceeded::Cpu.into());
            }
            Ok(UpdateDeadline::Yield(1))
        });
        store
    }

    /// Links exactly the contract's imports.
    pub(super) fn linker(engine: &Engine) -> wasmtime::Result<Linker<Guest>> {
        let mut linker = Linker::new(engine);
        GitProvider::add_to_linker::<_, HasSelf<_>>(&mut linker, |guest| guest)?;
        Ok(linker)
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
        if self.requests > MAX_REQUESTS {
            return Err(Exceeded::Requests.into());
        }
        let LentCredential = self.handles.get(&credential)?;
        let call = self.call.clone().ok_or_else(|| wasmtime::Error::msg("nothing is lent to this call"))?;
        Ok(call.send(request).await)
    }

    /// A guest only ever has a borrow, which it cannot drop for good.
    fn drop(&mut self, _credential: Resource<LentCredential>) -> wasmtime::Result<()> {
        Ok(())
    }
}

impl log::Host for Guest {
    fn emit(&mut self, level: log::Level, message: String) -> wasmtime::Result<()> {
        self.log_lines += 1;
        if self.log_lines > MAX_LOG_LINES {
            return Ok(());
        }
        let message = match &self.call {
            Some(call) => call.redact(message),
            None => message,
        };
        let message: String = message.chars().take(MAX_LOG_LINE_BYTES).flat_map(char::escape_debug).collect();
        let request_id = self.call.as_ref().map(Call::request_id).unwrap_or_default();
        let provider = &self.provider;
        match level {
            log::Level::Debug => tracing::debug!(provider, request_id, "{message}"),
            log::Level::Info => tracing::info!(provider, request_id, "{message}"),
            log::Level::Warn => tracing::warn!(provider, request_id, "{message}"),
            log::Level::Error => tracing::error!(provider, request_id, "{message}"),
        }
        Ok(())
    }
}
