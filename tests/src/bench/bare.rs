//! Bare wasmtime: the same component on the host's own engine, with nothing of the host around it. No limits, no lease, no
//! call deadline, no check of answers; the credential it lends is a number that stands for nothing.
//!
//! Once awaited, as every host has to that does I/O for its guests, and once called synchronously, without a stack of its
//! own for the guest: the least wasmtime can do.

use anyhow::{anyhow, bail};
use wasmtime::component::{Component, HasSelf, Linker, Resource};
use wasmtime::{Engine, Store};

use self::awaited::countersign::provider::types::{FieldValue, Integration};

/// What the guest's handle stands for.
pub struct Nothing;

/// No epoch comes after this one: the guest is never interrupted.
const NEVER: u64 = u64::MAX / 2;

/// The bindings, as the host has them.
mod awaited {
    wasmtime::component::bindgen!({
        path: "../wit",
        world: "git-provider",
        imports: {
            "countersign:provider/lending.[method]credential.send": async | trappable,
            default: trappable,
        },
        exports: { default: async },
        with: { "countersign:provider/lending.credential": crate::bench::bare::Nothing },
    });
}

/// The same without `async`.
mod synchronous {
    wasmtime::component::bindgen!({
        path: "../wit",
        world: "git-provider",
        imports: { default: trappable },
        with: {
            "countersign:provider/lending.credential": crate::bench::bare::Nothing,
            "countersign:provider/types": crate::bench::bare::awaited::countersign::provider::types,
        },
    });
}

/// The question asked of every instance, made once.
pub(super) struct Question {
    pub(super) at: Integration,
    pub(super) repository: String,
    pub(super) name: String,
}

impl Question {
    pub(super) fn new(kind: &str, settings: &model::Settings, repository: &str, name: &str) -> Self {
        let value = |(name, value): (&String, &String)| FieldValue { name: name.clone(), value: value.clone() };
        Self {
            at: Integration { kind: kind.to_owned(), settings: settings.iter().map(value).collect() },
            repository: repository.to_owned(),
            name: name.to_owned(),
        }
    }
}

/// A component, compiled and linked.
pub(super) struct Bare {
    engine: Engine,
    awaited: awaited::GitProviderPre<Nothing>,
    synchronous: synchronous::GitProviderPre<Nothing>,
}

/// An instance that is kept between calls, which the host never does.
pub(super) struct Kept {
    store: Store<Nothing>,
    bindings: awaited::GitProvider,
}

impl Bare {
    pub(super) fn new(engine: &Engine, component: &[u8]) -> wasmtime::Result<Self> {
        let component = Component::from_binary(engine, component)?;
        let mut linker = Linker::new(engine);
        awaited::GitProvider::add_to_linker::<_, HasSelf<_>>(&mut linker, |nothing| nothing)?;
        let awaited = awaited::GitProviderPre::new(linker.instantiate_pre(&component)?)?;
        let mut linker = Linker::new(engine);
        synchronous::GitProvider::add_to_linker::<_, HasSelf<_>>(&mut linker, |nothing| nothing)?;
        let synchronous = synchronous::GitProviderPre::new(linker.instantiate_pre(&component)?)?;
        Ok(Self { engine: engine.clone(), awaited, synchronous })
    }

    /// A fresh instance, one call, everything dropped.
    pub(super) async fn call(&self, question: &Question) -> anyhow::Result<()> {
        self.keep().await?.call(question).await
    }

    /// The same without awaiting anything.
    pub(super) fn call_synchronously(&self, question: &Question) -> anyhow::Result<()> {
        let mut store = self.store();
        let bindings = self.synchronous.instantiate(&mut store).map_err(wasmtime_failed)?;
        let answer = bindings.countersign_provider_provider().call_find_branch(
            &mut store,
            &question.at,
            borrowed(),
            &question.repository,
            &question.name,
        );
        expect_refusal(answer.map_err(wasmtime_failed)?)
    }

    /// A fresh instance.
    pub(super) async fn keep(&self) -> anyhow::Result<Kept> {
        let mut store = self.store();
        let bindings = self.awaited.instantiate_async(&mut store).await.map_err(wasmtime_failed)?;
        Ok(Kept { store, bindings })
    }

    fn store(&self) -> Store<Nothing> {
        let mut store = Store::new(&self.engine, Nothing);
        store.set_epoch_deadline(NEVER);
        store
    }
}

impl Kept {
    pub(super) async fn call(&mut self, question: &Question) -> anyhow::Result<()> {
        let exports = self.bindings.countersign_provider_provider();
        let answer = exports
            .call_find_branch(&mut self.store, &question.at, borrowed(), &question.repository, &question.name)
            .await;
        expect_refusal(answer.map_err(wasmtime_failed)?)
    }
}

fn borrowed() -> Resource<Nothing> {
    Resource::new_borrow(0)
}

/// The question is one that the provider refuses before it sends anything.
fn expect_refusal<T, E>(answer: Result<T, E>) -> anyhow::Result<()> {
    match answer {
        Err(_refusal) => Ok(()),
        Ok(_) => bail!("the provider answered a question that has no answer"),
    }
}

fn wasmtime_failed(error: wasmtime::Error) -> anyhow::Error {
    anyhow!("{error:#}")
}

/// Imports that refuse everything: nothing measured here uses one.
fn unused<T>() -> wasmtime::Result<T> {
    Err(wasmtime::Error::msg("a call that sends nothing called an import"))
}

impl awaited::countersign::provider::types::Host for Nothing {}

impl awaited::countersign::provider::lending::Host for Nothing {}

impl awaited::countersign::provider::lending::HostCredential for Nothing {
    async fn send(
        &mut self,
        _credential: Resource<Nothing>,
        _request: awaited::countersign::provider::lending::Request,
    ) -> wasmtime::Result<
        Result<awaited::countersign::provider::lending::Response, awaited::countersign::provider::lending::SendFailure>,
    > {
        unused()
    }

    fn drop(&mut self, _credential: Resource<Nothing>) -> wasmtime::Result<()> {
        unused()
    }
}

impl awaited::countersign::provider::log::Host for Nothing {
    fn emit(&mut self, _level: awaited::countersign::provider::log::Level, _message: String) -> wasmtime::Result<()> {
        unused()
    }
}

impl synchronous::countersign::provider::lending::Host for Nothing {}

impl synchronous::countersign::provider::lending::HostCredential for Nothing {
    fn send(
        &mut self,
        _credential: Resource<Nothing>,
        _request: synchronous::countersign::provider::lending::Request,
    ) -> wasmtime::Result<
        Result<
            synchronous::countersign::provider::lending::Response,
            synchronous::countersign::provider::lending::SendFailure,
        >,
    > {
        unused()
    }

    fn drop(&mut self, _credential: Resource<Nothing>) -> wasmtime::Result<()> {
        unused()
    }
}

impl synchronous::countersign::provider::log::Host for Nothing {
    fn emit(
        &mut self,
        _level: synchronous::countersign::provider::log::Level,
        _message: String,
    ) -> wasmtime::Result<()> {
        unused()
    }
}
