//! The wasmtime engine: how components are compiled and where their instances live.

use std::thread;

use wasmtime::{Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig};

use super::limits::{EPOCH, MAX_CALLS, MAX_CORE_ITEMS, MAX_MEMORY_BYTES, MAX_TABLE_ELEMENTS, MAX_WASM_STACK_BYTES};

/// Guest stack plus what the host's own functions need while a guest calls them.
const ASYNC_STACK_BYTES: usize = MAX_WASM_STACK_BYTES + (512 << 10);
/// Bytes of a memory, a table and a stack that are cleared by writing zeros rather than given back to the kernel, when a
/// slot is reused. What an ordinary call touches; more would make every call slower.
const KEEP_RESIDENT_BYTES: usize = 256 << 10;

/// One per process. Cheap to clone.
#[derive(Clone)]
pub struct Engine(wasmtime::Engine);

impl Engine {
    /// With a pool of instance slots where the machine has the address space for it, else with memory by the call.
    pub fn new() -> wasmtime::Result<Self> {
        let engine = wasmtime::Engine::new(config().allocation_strategy(pool())).or_else(|error| {
            tracing::warn!(%error, "no address space for a pool of instances; every call maps its own memory");
            wasmtime::Engine::new(config().allocation_strategy(InstanceAllocationStrategy::OnDemand))
        })?;
        count_epochs(&engine);
        Ok(Self(engine))
    }

    /// For measurements against wasmtime by itself: its settings are the host's, and nothing of the host's limits.
    pub fn wasmtime(&self) -> &wasmtime::Engine {
        &self.0
    }
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

fn pool() -> InstanceAllocationStrategy {
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(MAX_CALLS)
        .total_core_instances(MAX_CALLS * 4)
        .total_memories(MAX_CALLS)
        .total_tables(MAX_CALLS * 4)
        .total_stacks(MAX_CALLS)
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
fn count_epochs(engine: &wasmtime::Engine) {
    let engine = engine.weak();
    let count = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(EPOCH);
        }
    };
    thread::Builder::new().name("epochs".into()).spawn(count).expect("a thread can be started");
}
