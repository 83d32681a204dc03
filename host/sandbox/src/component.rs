//! A provider as a sandboxed component: a fresh instance for every call.

use std::error::Error;
use std::fmt;
use std::time::Instant;

use async_trait::async_trait;
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use wasmtime::component::Component;

use super::bindings::countersign::provider::types as wit;
use super::convert::{self, Malformed};
use super::engine::NoTurn;
use super::guest::{Guest, Prepared, Whose};
use super::limits::{Exceeded, Limits};
use super::pauses::{Paused, Pauses};
use super::{Call, ConnectError, Engine, Link, Provider, fingerprint};
use model::operation::{
    CheckCredential, CompareBranches, CreateBranch, CreatePullRequest, DeleteBranch, GetRepository, ListBranches,
    ListRepositories, LookUp, RevokeCredential,
};
use model::{
    Again, Branch, BranchName, Comparison, Connection, CreatedBranch, CreatedPullRequest, Deletion, Description,
    Failure, FailureReason, Identity, KindId, NewBranch, NewPullRequest, Page, PageLimit, PullRequest, Repository,
    RepositoryId, Revocation, Settings, Wait,
};

/// How a call ended: in time or not, with a trap or not, done or not.
type Ended<T> = Result<wasmtime::Result<Result<T, wit::Failure>>, Elapsed>;

/// Largest component taken, in bytes. The ones we ship have some 200 KB.
pub(super) const MAX_COMPONENT_BYTES: usize = 16 << 20;

/// Namespace of everything a component may import.
const CONTRACT: &str = "countersign:provider/";

/// Why a component is not taken as a provider.
#[derive(Debug, thiserror::Error)]
pub enum ComponentError {
    /// In bytes.
    #[error("the component has {got} bytes; at most {MAX_COMPONENT_BYTES} are taken")]
    TooLarge {
        /// Its size.
        got: usize,
    },
    /// wasmtime's own words are the source.
    #[error("this is not a WebAssembly component; build providers with `countersign provider build`")]
    NotAComponent(#[source] Cause),
    /// Names the import.
    #[error("the component imports `{0}`; a provider may import nothing but the interfaces of {CONTRACT}")]
    ForbiddenImport(String),
    /// wasmtime's own words are the source.
    #[error("the component does not fit the contract {CONTRACT} of this version")]
    NotAProvider(#[source] Cause),
    /// The trap or the limit is the source.
    #[error("the component failed when it was asked to describe itself")]
    DescribeFailed(#[source] Cause),
    /// What it says of itself is no description.
    #[error("the provider's description of itself cannot be used")]
    BadDescription(#[from] Malformed),
}

/// What wasmtime says.
type Cause = Box<dyn Error + Send + Sync>;

/// A component, compiled and linked. Every call of it runs in an instance of its own.
pub struct WasmProvider {
    engine: Engine,
    prepared: Prepared,
    description: Description,
    whose: Whose,
    pauses: Pauses,
}

impl WasmProvider {
    /// Checks, compiles and links a component and has it describe itself. Compiling runs on a thread for blocking work.
    pub async fn load(engine: &Engine, component: Vec<u8>) -> Result<Self, ComponentError> {
        if component.len() > MAX_COMPONENT_BYTES {
            return Err(ComponentError::TooLarge { got: component.len() });
        }
        let whose = Whose { id: "new".into(), sha256: fingerprint(&component).into() };
        let compile = {
            let engine = engine.clone();
            move || prepare(&engine, &component)
        };
        let prepared = tokio::task::spawn_blocking(compile)
            .await
            .map_err(|panicked| ComponentError::NotAComponent(panicked.into()))??;
        let description = describe(engine, &prepared, &whose).await?;
        let pauses = Pauses::after(engine.limits().failures_in_a_row);
        let whose = Whose { id: description.id.as_str().into(), ..whose };
        Ok(Self { engine: engine.clone(), prepared, description, whose, pauses })
    }

    /// What a call came to, in values of the model.
    fn finish<T, U: fmt::Debug>(
        &self,
        call: &Call,
        ended: Ended<T>,
        read: impl FnOnce(T) -> Result<U, Malformed>,
    ) -> Result<U, Failure> {
        let ended = ended.unwrap_or_else(|_| Err(Exceeded::Time(self.engine.limits().call_s).into()));
        if ended.is_ok() {
            self.pauses.answered(call.integration());
        }
        match ended {
            Ok(Ok(answer)) => {
                let unusable =
                    |why: String| Failure::new(after(call), format!("The provider's answer cannot be used: {why}."));
                let answer = read(answer).map_err(|malformed| unusable(malformed.to_string()))?;
                // An honest one has none: it was taken out of all that the git server said.
                let has_secret = call.is_in(&answer);
                if has_secret { Err(unusable("the lent credential is in it".to_owned())) } else { Ok(answer) }
            }
            Ok(Err(failure)) => {
                let failure = convert::failure(failure, call.last(), call.now(), |text| call.redact(text));
                Err(Failure { change_sent: call.change_may_be_sent(), ..failure })
            }
            Err(error) => Err(self.broken(&error, call)),
        }
    }

    /// A call that did not end in an answer.
    fn broken(&self, error: &wasmtime::Error, call: &Call) -> Failure {
        let (provider, integration) = (&self.description.id, call.integration());
        let limit = Exceeded::told_by(error, self.engine.limits());
        let what = match limit {
            Some(limit) => format!("The provider `{provider}` went over a limit: {limit}."),
            None => format!("The provider `{provider}` failed while it worked on this."),
        };
        let error = call.redact(format!("{error:#}"));
        tracing::error!(%provider, %integration, request_id = call.request_id(), error, "provider call failed");
        self.engine.counts().count(&self.whose.id, limit.map_or("trap", Exceeded::name));
        // That a call took long is the git server's doing, as a rule.
        if !matches!(limit, Some(Exceeded::Time(_)))
            && let Some(pause) = self.pauses.broke(integration, what.clone(), Instant::now())
        {
            tracing::error!(%provider, %integration, pause_s = pause.as_secs(), "provider paused: it failed again and again");
        }
        Failure::new(after(call), what)
    }

    /// Where it is paused, nothing is asked of it.
    fn expect_unpaused(&self, call: &Call) -> Result<(), Failure> {
        let Some(Paused { left, failures, why, .. }) = self.pauses.at(call.integration(), Instant::now()) else {
            return Ok(());
        };
        let seconds = left.as_secs() + 1;
        let message = format!(
            "Nothing was done: the provider `{}` is paused for this integration for {seconds} more seconds, because it failed \
             {failures} times in a row. {why}",
            self.description.id
        );
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        let again = Again::said(Wait::Seconds(seconds), call.now());
        Err(Failure { again, ..Failure::new(FailureReason::ProviderFailed, message) })
    }
}

/// One call: a fresh store and instance, one exported function, everything dropped. (A function cannot say that the future
/// it is given is `Send` for every borrow of the store.)
macro_rules! call {
    ($self:ident, $link:ident, $function:ident($($argument:expr),*), $read:expr) => {{
        let call = $link.into_call();
        $self.expect_unpaused(&call)?;
        // Dropped after the store, whose place it is.
        let _turn = $self.engine.turn().await.map_err(no_turn)?;
        let mut store = Guest::store(&$self.engine, &$self.whose, Some(call.clone()));
        let at = at(&call);
        let run = async {
            let bindings = $self.prepared.instantiate_async(&mut store).await?;
            let credential = store.data_mut().lend()?;
            let exports = bindings.countersign_provider_provider();
            exports.$function(&mut store, &at, credential, $($argument),*).await
        };
        let ended = timeout($self.engine.limits().call_time(), run).await;
        $self.finish(&call, ended, $read)
    }};
}

#[async_trait]
impl Provider for WasmProvider {
    fn description(&self) -> &Description {
        &self.description
    }

    fn paused(&self) -> Vec<Paused> {
        self.pauses.all(Instant::now())
    }

    async fn connect(&self, kind: &KindId, settings: &Settings) -> Result<Connection, ConnectError> {
        let _turn = self.engine.turn().await.map_err(|error| ConnectError::Failed(no_turn(error)))?;
        let mut store = Guest::store(&self.engine, &self.whose, None);
        let run = async {
            let bindings = self.prepared.instantiate_async(&mut store).await?;
            let exports = bindings.countersign_provider_provider();
            exports.call_connect(&mut store, kind.as_str(), &convert::settings(settings)).await
        };
        let failed = |what: String| ConnectError::Failed(Failure::new(FailureReason::ProviderFailed, what));
        let limits = self.engine.limits();
        let ended = timeout(limits.call_time(), run).await;
        match ended.unwrap_or_else(|_| Err(Exceeded::Time(limits.call_s).into())) {
            Ok(Ok(connection)) => match convert::unaddressed(&connection.origins, settings) {
                errors if errors.is_empty() => {
                    convert::connection(connection).map_err(|malformed| failed(malformed.to_string()))
                }
                errors => Err(ConnectError::Settings(errors)),
            },
            Ok(Err(errors)) => Err(ConnectError::Settings(convert::field_errors(errors))),
            Err(error) => {
                let error = named(error, limits);
                Err(failed(format!("The provider failed on these settings: {error:#}")))
            }
        }
    }

    async fn whoami(&self, link: Link<CheckCredential>) -> Result<Identity, Failure> {
        call!(self, link, call_whoami(), convert::identity)
    }

    async fn revoke_credential(&self, link: Link<RevokeCredential>) -> Result<Revocation, Failure> {
        call!(self, link, call_revoke_credential(), convert::revocation)
    }

    async fn list_repositories(
        &self,
        link: Link<ListRepositories>,
        query: Option<String>,
        cursor: Option<String>,
        limit: PageLimit,
    ) -> Result<Page<Repository>, Failure> {
        let (query, cursor) = (query.as_deref(), cursor.as_deref());
        let read = |page| convert::repositories(page, limit);
        call!(self, link, call_list_repositories(query, cursor, limit.items()), read)
    }

    async fn get_repository(
        &self,
        link: Link<GetRepository>,
        repository: &RepositoryId,
    ) -> Result<Repository, Failure> {
        call!(self, link, call_get_repository(repository.as_str()), convert::repository)
    }

    async fn list_branches(
        &self,
        link: Link<ListBranches>,
        repository: &RepositoryId,
        query: Option<String>,
        cursor: Option<String>,
        limit: PageLimit,
    ) -> Result<Page<Branch>, Failure> {
        let (repository, query, cursor) = (repository.as_str(), query.as_deref(), cursor.as_deref());
        let read = |page| convert::branches(page, limit);
        call!(self, link, call_list_branches(repository, query, cursor, limit.items()), read)
    }

    async fn find_branch(
        &self,
        link: Link<LookUp>,
        repository: &RepositoryId,
        name: &BranchName,
    ) -> Result<Option<Branch>, Failure> {
        let read = |found: Option<wit::Branch>| found.map(convert::branch_at_its_tip).transpose();
        call!(self, link, call_find_branch(repository.as_str(), name.as_str()), read)
    }

    async fn create_branch(
        &self,
        link: Link<CreateBranch>,
        repository: &RepositoryId,
        branch: &NewBranch,
    ) -> Result<CreatedBranch, Failure> {
        let branch = wit::NewBranch { name: branch.name.to_string(), base: branch.base.to_string() };
        call!(self, link, call_create_branch(repository.as_str(), &branch), convert::created_branch)
    }

    async fn delete_branch(
        &self,
        link: Link<DeleteBranch>,
        repository: &RepositoryId,
        name: &BranchName,
    ) -> Result<Deletion, Failure> {
        call!(self, link, call_delete_branch(repository.as_str(), name.as_str()), convert::deletion)
    }

    async fn compare_branches(
        &self,
        link: Link<CompareBranches>,
        repository: &RepositoryId,
        source: &BranchName,
        target: &BranchName,
    ) -> Result<Comparison, Failure> {
        let (repository, source, target) = (repository.as_str(), source.as_str(), target.as_str());
        call!(self, link, call_compare_branches(repository, source, target), convert::comparison)
    }

    async fn create_pull_request(
        &self,
        link: Link<CreatePullRequest>,
        repository: &RepositoryId,
        pull_request: &NewPullRequest,
    ) -> Result<CreatedPullRequest, Failure> {
        let pull_request = convert::new_pull_request(pull_request);
        let read = convert::created_pull_request;
        call!(self, link, call_create_pull_request(repository.as_str(), &pull_request), read)
    }

    async fn pull_request_template(
        &self,
        link: Link<LookUp>,
        repository: &RepositoryId,
        target: &BranchName,
    ) -> Result<Option<String>, Failure> {
        let (repository, target) = (repository.as_str(), target.as_str());
        call!(self, link, call_pull_request_template(repository, target), convert::pull_request_template)
    }

    async fn find_pull_requests(
        &self,
        link: Link<LookUp>,
        repository: &RepositoryId,
        source: &BranchName,
        target: Option<&BranchName>,
        cursor: Option<String>,
    ) -> Result<Page<PullRequest>, Failure> {
        let (repository, source, target) = (repository.as_str(), source.as_str(), target.map(BranchName::as_str));
        let cursor = cursor.as_deref();
        call!(self, link, call_find_pull_requests(repository, source, target, cursor), convert::pull_requests)
    }
}

/// Compiles what may be a component for nothing but to see that it comes to an end, with nothing of the engine's pool.
pub fn compile(bytes: &[u8]) {
    // Whoever takes it says what is wrong with it.
    let _ = Engine::to_compile().and_then(|engine| Component::from_binary(&engine, bytes));
}

fn prepare(engine: &Engine, bytes: &[u8]) -> Result<Prepared, ComponentError> {
    // From bytes that are WebAssembly only: precompiled code is never taken from outside.
    let component = Component::from_binary(engine.wasmtime(), bytes)
        .map_err(|error| ComponentError::NotAComponent(error.into()))?;
    for (name, _item) in component.component_type().imports(engine.wasmtime()) {
        if !name.starts_with(CONTRACT) {
            return Err(ComponentError::ForbiddenImport(name.to_owned()));
        }
    }
    let linker = Guest::linker(engine).map_err(|error| ComponentError::NotAProvider(error.into()))?;
    linker
        .instantiate_pre(&component)
        .and_then(Prepared::new)
        .map_err(|error| ComponentError::NotAProvider(error.into()))
}

async fn describe(engine: &Engine, prepared: &Prepared, whose: &Whose) -> Result<Description, ComponentError> {
    let _turn = engine.turn().await.map_err(|error| ComponentError::DescribeFailed(error.into()))?;
    let mut store = Guest::store(engine, whose, None);
    let run = async {
        let bindings = prepared.instantiate_async(&mut store).await?;
        bindings.countersign_provider_provider().call_describe(&mut store).await
    };
    let limits = engine.limits();
    let described = timeout(limits.call_time(), run).await;
    let described = described.unwrap_or_else(|_| Err(Exceeded::Time(limits.call_s).into()));
    let description = described.map_err(|error| ComponentError::DescribeFailed(named(error, limits).into()))?;
    Ok(convert::description(description)?)
}

/// The limit that was in the way, where wasmtime says so in words of its own.
fn named(error: wasmtime::Error, limits: &Limits) -> wasmtime::Error {
    Exceeded::told_by(&error, limits).map_or(error, Into::into)
}

/// What `at` is in the contract.
fn at(call: &Call) -> wit::Integration {
    wit::Integration { kind: call.kind().to_string(), settings: convert::settings(call.settings()) }
}

/// Nothing was asked of anybody.
fn no_turn(error: NoTurn) -> Failure {
    Failure::new(FailureReason::ProviderFailed, format!("Nothing was done: {error}."))
}

/// Whose fault a call without a usable answer is. Once a change may have gone out, nobody knows what became of it.
fn after(call: &Call) -> FailureReason {
    if call.change_may_be_sent() { FailureReason::OutcomeUnknown } else { FailureReason::ProviderFailed }
}
