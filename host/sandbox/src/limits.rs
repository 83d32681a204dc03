//! What one call of a component may use. Each number is for one call; a call over one of them ends with a failure that
//! names it, and disturbs nobody else.

use std::time::Duration;

use wasmtime::ResourceLimiter;

/// Linear memory, in bytes. A page of a hundred repositories in JSON is about 1 MB and needs some four times that to parse; the
/// largest reply takes half of this, and is read item by item.
pub(super) const MAX_MEMORY_BYTES: usize = 64 << 20;
/// Elements of all tables: function tables of a component a hundred times larger than ours.
pub(super) const MAX_TABLE_ELEMENTS: usize = 20_000;
/// Core instances, tables and memories of one component.
pub(super) const MAX_CORE_ITEMS: u32 = 20;
/// Stack of guest code, in bytes.
pub(super) const MAX_WASM_STACK_BYTES: usize = 512 << 10;
/// From the start of a call to its end, waiting for the git server included.
pub(super) const MAX_CALL_TIME: Duration = Duration::from_secs(40);
/// Time between two epochs; how soon an endless loop lets others run.
pub(super) const EPOCH: Duration = Duration::from_millis(10);
/// Epochs in which guest code was running: 2 seconds of CPU.
pub(super) const MAX_CPU_EPOCHS: u32 = 200;
/// Requests to the git server. The longest honest call lists pull requests one by one.
pub(super) const MAX_REQUESTS: u32 = 120;
/// Lines written to the log, and bytes of each.
pub(super) const MAX_LOG_LINES: u32 = 50;
pub(super) const MAX_LOG_LINE_BYTES: usize = 1024;
/// Calls under way at once; each may hold a memory, a stack and a few tables of the pool. Fewer where the process may not have the
/// address space for so many.
pub(super) const MAX_CALLS: u32 = 500;
/// How long a call waits for another one to end, where there is no room for both.
pub(super) const TURN: Duration = Duration::from_secs(10);

/// Which limit a call ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Exceeded {
    #[error("memory ({} MiB)", MAX_MEMORY_BYTES >> 20)]
    Memory,
    #[error("table elements ({MAX_TABLE_ELEMENTS})")]
    Tables,
    #[error("CPU time ({} ms)", EPOCH.as_millis() as u32 * MAX_CPU_EPOCHS)]
    Cpu,
    #[error("time of a call ({} s)", MAX_CALL_TIME.as_secs())]
    Time,
    #[error("requests of a call ({MAX_REQUESTS})")]
    Requests,
}

/// Holds memories and tables to their limits.
#[derive(Debug, Default)]
pub(super) struct Growth;

impl ResourceLimiter for Growth {
    fn memory_growing(&mut self, _current: usize, desired: usize, _max: Option<usize>) -> wasmtime::Result<bool> {
        if desired > MAX_MEMORY_BYTES { Err(Exceeded::Memory.into()) } else { Ok(true) }
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _max: Option<usize>) -> wasmtime::Result<bool> {
        if desired > MAX_TABLE_ELEMENTS { Err(Exceeded::Tables.into()) } else { Ok(true) }
    }

    fn instances(&self) -> usize {
        MAX_CORE_ITEMS as usize
    }

    fn tables(&self) -> usize {
        MAX_CORE_ITEMS as usize
    }

    fn memories(&self) -> usize {
        MAX_CORE_ITEMS as usize
    }
}

/// Behind each memory where there is little address space, to keep the next one's first bytes from a fault of the compiler's.
/// Accesses are checked by the code itself then.
pub(super) const SMALL_GUARD_BYTES: u64 = 64 << 10;
/// Address space of one call where there is little: its memory with the guard, its stack, four tables, and what they are rounded
/// up to.
pub(super) const SMALL_CALL_BYTES: u64 = (68 << 20) + SMALL_GUARD_BYTES;
