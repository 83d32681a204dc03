//! The wasmtime engine: how components are compiled, where their instances live, and whose turn it is to have one.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use wasmtime::{Config, Enabled, InstanceAllocationStrategy, MemoryCreator, PoolingAllocationConfig, WasmFeatures};

use super::address_space::AddressSpace;
use super::limits::{EPOCH, Limits, MemoryOfAll, SMALL_GUARD_BYTES, TURN};

/// What the host's own functions need of a stack while a guest calls them.
const HOST_STACK_BYTES: usize = 512 << 10;
/// Bytes of a memory, a table and a stack that are cleared by writing zeros rather than given back to the kernel, when a
/// slot is reused. What an ordinary call touches; more would make every call slower.
const KEEP_RESIDENT_BYTES: usize = 256 << 10;

/// Calls at once where nobody says how much address space there is, and there is not enough for all.
const FEW_CALLS: u32 = 8;

/// One per process. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    wasmtime: wasmtime::Engine,
    limits: Limits,
    memory_of_all: MemoryOfAll,
    turns: Arc<Semaphore>,
    calls: usize,
    exceeded: Counts,
}

/// How often providers went over a limit: by the provider's id and the name of the limit, or `trap`.
pub type Exceedings = BTreeMap<(Arc<str>, &'static str), u64>;

/// Where that is counted.
#[derive(Clone, Default)]
pub(super) struct Counts(Arc<Mutex<Exceedings>>);

impl Counts {
    /// Counts one.
    pub fn count(&self, provider: &Arc<str>, limit: &'static str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((provider.clone(), limit)).or_default() += 1;
    }
}

/// Leave to have an instance, given back when dropped.
pub(super) struct Turn(#[expect(dead_code, reason = "held, and dropped")] OwnedSemaphorePermit);

/// None of the calls under way ended for as long as one may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("as many calls of providers are under way as there is room for; try again in a moment")]
pub(super) struct NoTurn;

impl Engine {
    /// With the usual limits.
    pub fn new() -> wasmtime::Result<Self> {
        Self::within(Limits::default())
    }

    /// With a pool of instance slots: for as many calls as the daemon ever does at once where the process may have the address
    /// space for it, else for as many as what is theirs is enough for.
    pub fn within(limits: Limits) -> wasmtime::Result<Self> {
        let room = AddressSpace::limited().map(AddressSpace::for_calls);
        let all = || wasmtime::Engine::new(config(&limits).allocation_strategy(pool(&limits, limits.calls)));
        let (wasmtime, calls) = match room.map(|room| small_pool(&limits, room)) {
            None => match all() {
                Ok(engine) => (engine, limits.calls),
                Err(error) => {
                    tracing::warn!(%error, "no address space for a pool of instances of this size");
                    let few = FEW_CALLS.min(limits.calls);
                    (small(&limits, few)?, few)
                }
            },
            Some(calls) => (small(&limits, calls)?, calls),
        };
        if calls < limits.calls {
            let room_mib = room.map(|bytes| bytes >> 20);
            tracing::warn!(room_mib, calls, "little address space: this many calls of providers at once, others wait");
        }
        Self::of(wasmtime, limits, calls)
    }

    /// For tests that look into guests' memory: without a pool, with every memory made by `memories`.
    #[doc(hidden)]
    pub fn with_memories_of(limits: Limits, memories: Arc<dyn MemoryCreator>) -> wasmtime::Result<Self> {
        let mut config = config(&limits);
        config.memory_reservation(0).memory_guard_size(0).guard_before_linear_memory(false);
        config.memory_init_cow(false).with_host_memory(memories);
        Self::of(wasmtime::Engine::new(&config)?, limits, limits.calls)
    }

    /// wasmtime's own, which compiles as this does and runs nothing.
    pub(super) fn to_compile() -> wasmtime::Result<wasmtime::Engine> {
        wasmtime::Engine::new(&config(&Limits::default()))
    }

    fn of(wasmtime: wasmtime::Engine, limits: Limits, calls: u32) -> wasmtime::Result<Self> {
        count_epochs(&wasmtime)?;
        let calls = calls as usize;
        let turns = Arc::new(Semaphore::new(calls));
        Ok(Self { wasmtime, limits, memory_of_all: MemoryOfAll::default(), turns, calls, exceeded: Counts::default() })
    }

    /// What each call may use.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Linear memory that all calls have now, in bytes.
    pub fn memory_taken(&self) -> u64 {
        self.memory_of_all.taken()
    }

    /// What was counted since the start.
    pub fn exceeded(&self) -> Exceedings {
        self.exceeded.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn counts(&self) -> &Counts {
        &self.exceeded
    }

    pub(super) fn memory_of_all(&self) -> &MemoryOfAll {
        &self.memory_of_all
    }

    /// How many calls there is room for at once.
    pub fn calls(&self) -> usize {
        self.calls
    }

    /// For measurements against wasmtime by itself: its settings are the host's, and nothing of the host's limits.
    pub fn wasmtime(&self) -> &wasmtime::Engine {
        &self.wasmtime
    }

    /// Waits until there is room for one more instance, for a while.
    pub(super) async fn turn(&self) -> Result<Turn, NoTurn> {
        self.turn_within(TURN).await
    }

    async fn turn_within(&self, wait: Duration) -> Result<Turn, NoTurn> {
        let turn = timeout(wait, self.turns.clone().acquire_owned()).await;
        turn.ok().and_then(Result::ok).map(Turn).ok_or(NoTurn)
    }
}

/// As many calls as fit into it, and one at least.
fn small_pool(limits: &Limits, room_bytes: u64) -> u32 {
    let calls = (room_bytes / limits.small_call_bytes()).clamp(1, limits.calls.into());
    u32::try_from(calls).unwrap_or(limits.calls)
}

/// An engine whose memories take as much address space as they have bytes at most.
fn small(limits: &Limits, calls: u32) -> wasmtime::Result<wasmtime::Engine> {
    let mut config = config(limits);
    config
        .memory_reservation(limits.memory_bytes() as u64)
        .memory_guard_size(SMALL_GUARD_BYTES)
        .guard_before_linear_memory(false)
        .allocation_strategy(pool(limits, calls));
    wasmtime::Engine::new(&config)
}

fn config(limits: &Limits) -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .max_wasm_stack(limits.stack_bytes())
        .async_stack_size(limits.stack_bytes() + HOST_STACK_BYTES)
        // What the contract does not need is not there to be attacked.
        .wasm_simd(false)
        .wasm_relaxed_simd(false)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .wasm_tail_call(false)
        .wasm_features(
            WasmFeatures::FUNCTION_REFERENCES
                | WasmFeatures::GC
                | WasmFeatures::EXCEPTIONS
                | WasmFeatures::THREADS
                | WasmFeatures::WIDE_ARITHMETIC
                | WasmFeatures::STACK_SWITCHING
                | WasmFeatures::CUSTOM_PAGE_SIZES,
            false,
        )
        .wasm_backtrace_max_frames(None)
        .memory_init_cow(true);
    config
}

fn pool(limits: &Limits, calls: u32) -> InstanceAllocationStrategy {
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(calls)
        .total_core_instances(calls * 4)
        .total_memories(calls)
        .total_tables(calls * 4)
        .total_stacks(calls)
        .max_memories_per_component(1)
        .max_core_instances_per_component(limits.core_items)
        .max_tables_per_component(limits.core_items)
        .max_memory_size(limits.memory_bytes())
        .table_elements(limits.table_elements as usize)
        .linear_memory_keep_resident(KEEP_RESIDENT_BYTES)
        .table_keep_resident(KEEP_RESIDENT_BYTES)
        .async_stack_keep_resident(KEEP_RESIDENT_BYTES)
        // From Linux 6.7 the kernel says which pages a call wrote, so that only they are cleared. A guest's stack ends a
        // megabyte into its memory: clearing from the start would touch what nobody wrote, and give the rest back.
        .pagemap_scan(Enabled::Auto);
    InstanceAllocationStrategy::Pooling(pool)
}

/// Counts epochs for as long as the engine lives.
fn count_epochs(engine: &wasmtime::Engine) -> io::Result<()> {
    let engine = engine.weak();
    let count = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(EPOCH);
        }
    };
    thread::Builder::new().name("epochs".into()).spawn(count).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_address_space_is_room_for_few_calls_and_for_one_at_least() {
        let limits = Limits::default();
        assert_eq!(small_pool(&limits, 0), 1);
        assert_eq!(small_pool(&limits, limits.small_call_bytes() * 10), 10);
        assert_eq!(small_pool(&limits, u64::MAX), limits.calls);
        small(&limits, small_pool(&limits, 1 << 30)).unwrap();
    }

    #[tokio::test]
    async fn a_call_waits_for_its_turn_and_not_for_ever() {
        let limits = Limits { calls: 1, ..Limits::default() };
        let engine = Engine::within(limits).unwrap();
        let first = engine.turn().await.unwrap();
        let short = Duration::from_millis(10);
        assert_eq!(engine.turn_within(short).await.err(), Some(NoTurn));
        let (second, ()) = tokio::join!(engine.turn(), async {
            tokio::time::sleep(short).await;
            drop(first);
        });
        assert!(second.is_ok());
    }
}
