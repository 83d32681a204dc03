//! The wasmtime engine: how components are compiled, where their instances live, and whose turn it is to have one.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use wasmtime::{Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig};

use super::address_space::AddressSpace;
use super::limits::{
    EPOCH, MAX_CALLS, MAX_CORE_ITEMS, MAX_MEMORY_BYTES, MAX_TABLE_ELEMENTS, MAX_WASM_STACK_BYTES, SMALL_CALL_BYTES,
    SMALL_GUARD_BYTES, TURN,
};

/// Guest stack plus what the host's own functions need while a guest calls them.
const ASYNC_STACK_BYTES: usize = MAX_WASM_STACK_BYTES + (512 << 10);
/// Bytes of a memory, a table and a stack that are cleared by writing zeros rather than given back to the kernel, when a
/// slot is reused. What an ordinary call touches; more would make every call slower.
const KEEP_RESIDENT_BYTES: usize = 256 << 10;

/// Calls at once where nobody says how much address space there is, and there is not enough for all.
const FEW_CALLS: u32 = 8;

/// One per process. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    wasmtime: wasmtime::Engine,
    turns: Arc<Semaphore>,
    calls: usize,
}

/// Leave to have an instance, given back when dropped.
pub(super) struct Turn(#[expect(dead_code, reason = "held, and dropped")] OwnedSemaphorePermit);

/// None of the calls under way ended for as long as one may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("as many calls of providers are under way as there is room for; try again in a moment")]
pub(super) struct NoTurn;

impl Engine {
    /// With a pool of instance slots: for as many calls as the daemon ever does at once where the process may have the address
    /// space for it, else for as many as what is theirs is enough for.
    pub fn new() -> wasmtime::Result<Self> {
        let room = AddressSpace::limited().map(AddressSpace::for_calls);
        let all = || wasmtime::Engine::new(config().allocation_strategy(pool(MAX_CALLS)));
        let (wasmtime, calls) = match room.map(small_pool) {
            None => match all() {
                Ok(engine) => (engine, MAX_CALLS),
                Err(error) => {
                    tracing::warn!(%error, "no address space for a pool of instances of the usual size");
                    (small(FEW_CALLS)?, FEW_CALLS)
                }
            },
            Some(calls) => (small(calls)?, calls),
        };
        if calls < MAX_CALLS {
            let room_mib = room.map(|bytes| bytes >> 20);
            tracing::warn!(room_mib, calls, "little address space: this many calls of providers at once, others wait");
        }
        count_epochs(&wasmtime)?;
        let calls = calls as usize;
        Ok(Self { wasmtime, turns: Arc::new(Semaphore::new(calls)), calls })
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
fn small_pool(room_bytes: u64) -> u32 {
    let calls = (room_bytes / SMALL_CALL_BYTES).clamp(1, MAX_CALLS.into());
    u32::try_from(calls).unwrap_or(MAX_CALLS)
}

/// An engine whose memories take as much address space as they have bytes at most.
fn small(calls: u32) -> wasmtime::Result<wasmtime::Engine> {
    let mut config = config();
    config
        .memory_reservation(MAX_MEMORY_BYTES as u64)
        .memory_guard_size(SMALL_GUARD_BYTES)
        .guard_before_linear_memory(false)
        .allocation_strategy(pool(calls));
    wasmtime::Engine::new(&config)
}

fn config() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .max_wasm_stack(MAX_WASM_STACK_BYTES)
        .async_stack_size(ASYNC_STACK_BYTES)
        // What the contract does not need is not there to be attacked.
        .wasm_simd(false)
        .wasm_relaxed_simd(false)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .wasm_tail_call(false)
        .wasm_backtrace_max_frames(None)
        .memory_init_cow(true);
    config
}

fn pool(calls: u32) -> InstanceAllocationStrategy {
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(calls)
        .total_core_instances(calls * 4)
        .total_memories(calls)
        .total_tables(calls * 4)
        .total_stacks(calls)
        .max_memories_per_component(1)
        .max_core_instances_per_component(MAX_CORE_ITEMS)
        .max_tables_per_component(MAX_CORE_ITEMS)
        .max_memory_size(MAX_MEMORY_BYTES)
        .table_elements(MAX_TABLE_ELEMENTS)
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
        assert_eq!(small_pool(0), 1);
        assert_eq!(small_pool(SMALL_CALL_BYTES * 10), 10);
        assert_eq!(small_pool(u64::MAX), MAX_CALLS);
        small(small_pool(1 << 30)).unwrap();
    }

    #[tokio::test]
    async fn a_call_waits_for_its_turn_and_not_for_ever() {
        let wasmtime = small(1).unwrap();
        let engine = Engine { wasmtime, turns: Arc::new(Semaphore::new(1)), calls: 1 };
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
