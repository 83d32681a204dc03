//! What a call of a component may use, and all of them together. A call over one of these ends with a failure that names it, and
//! disturbs nobody else. An administrator can set each in the configuration.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use wasmtime::{ResourceLimiter, Trap};

model::limits! {
    /// All limits of calls.
    Limits;
    calls: 500, 1..=5000,
        "Calls under way at once. Each may hold a memory, a stack and a few tables of the pool; others wait for a turn.";
    call_s: 40, 1..=50,
        "Seconds from the start of a call to its end, waiting for the git server included. A request, which may need a second call, is \
         given 110.";
    cpu_ms: 2000, 10..=30_000,
        "Milliseconds in which a call's own code ran, counted in steps of 10.";
    memory_mib: 64, 4..=1024,
        "Linear memory of a call. A page of a hundred repositories in JSON is about 1 MB and needs some four times that to parse; the \
         largest reply takes half of it, and is read item by item.";
    memory_of_all_mib: 4096, 64..=1_048_576,
        "Linear memory of all calls together. An ordinary call has 2 MiB.";
    table_elements: 20_000, 100..=1_000_000,
        "Elements of a call's tables: function tables of a component a hundred times larger than ours.";
    core_items: 20, 4..=200,
        "Core instances, tables and memories of one component, each.";
    stack_kib: 512, 64..=8192,
        "Stack of a call's own code.";
    handles: 100, 1..=100_000,
        "Handles a call holds, in its own table and in the host's. It is lent one.";
    requests: 120, 1..=10_000,
        "Requests of a call to the git server. The longest honest call lists pull requests one by one.";
    request_kib: 1024, 16..=65_536,
        "Body of a request: the longest description, escaped.";
    reply_mib: 32, 1..=512,
        "Body of a reply, unpacked. There are git servers with no pages of repositories, which answer with about 1 KB of each: 30,000 of \
         them.";
    handed_over_kib: 4096, 64..=262_144,
        "What a call hands to the host at once, as it lies in memory: a request, a line for the log, its answer.";
    log_lines: 50, 0..=10_000,
        "Lines that a call has in the log; more are left out.";
    log_line_bytes: 1024, 80..=65_536,
        "Bytes of each of them; the rest of a line is left out.";
    log_kib: 256, 1..=65_536,
        "What a call may have given to the log, left out or not, before it is ended.";
    compile_s: 60, 1..=3600,
        "Seconds of computing time, of all threads together, in which a component is compiled before it is registered. Ours take one.";
    compile_mib: 1024, 64..=65_536,
        "Memory in which it is. Ours take some 100 MiB.";
    failures_in_a_row: 10, 1..=1_000_000_000,
        "Calls that a provider breaks off in a row at one integration, by a trap or a limit, before it is paused there.";
}

/// A limit that is of no use beyond another, with what each comes to in one unit.
type Within = (&'static str, &'static str, fn(&Limits) -> (u64, u64));

const WITHIN: [Within; 5] = [
    ("memory_mib", "memory_of_all_mib", |limits| (limits.memory_mib.into(), limits.memory_of_all_mib.into())),
    ("reply_mib", "memory_mib", |limits| (limits.reply_mib.into(), limits.memory_mib.into())),
    ("request_kib", "handed_over_kib", |limits| (limits.request_kib.into(), limits.handed_over_kib.into())),
    ("log_line_bytes", "log_kib", |limits| (limits.log_line_bytes.into(), u64::from(limits.log_kib) << 10)),
    ("cpu_ms", "call_s", |limits| (limits.cpu_ms.into(), u64::from(limits.call_s) * 1000)),
];

impl Limits {
    /// Two limits of which the first allows more than the second ever lets through: nobody can have meant that.
    pub fn contradiction(&self) -> Option<(&'static str, &'static str)> {
        let is_beyond = |(_, _, of): &&Within| matches!(of(self), (inner, outer) if inner > outer);
        WITHIN.iter().find(is_beyond).map(|(inner, outer, _)| (*inner, *outer))
    }

    pub(crate) fn call_time(&self) -> Duration {
        Duration::from_secs(self.call_s.into())
    }

    pub(crate) const fn memory_bytes(&self) -> usize {
        bytes(self.memory_mib, 20)
    }

    pub(crate) const fn stack_bytes(&self) -> usize {
        bytes(self.stack_kib, 10)
    }

    pub(crate) fn request_bytes(&self) -> usize {
        bytes(self.request_kib, 10)
    }

    pub(crate) fn reply_bytes(&self) -> usize {
        bytes(self.reply_mib, 20)
    }

    pub(crate) fn handed_over_bytes(&self) -> usize {
        bytes(self.handed_over_kib, 10)
    }

    pub(crate) fn log_bytes(&self) -> usize {
        bytes(self.log_kib, 10)
    }

    /// Epochs in which a call's own code may run.
    pub(crate) fn cpu_epochs(&self) -> u32 {
        self.cpu_ms / EPOCH_MS
    }

    /// Address space of one call where there is little: its memory with the guard, its stack, four tables, and what they are rounded
    /// up to.
    pub(crate) const fn small_call_bytes(&self) -> u64 {
        (self.memory_bytes() + self.stack_bytes()) as u64 + (4 << 20) + SMALL_GUARD_BYTES
    }
}

const fn bytes(many: u32, shift: u32) -> usize {
    (many as usize) << shift
}

const EPOCH_MS: u32 = 10;
/// Time between two epochs; how soon an endless loop lets others run.
pub(super) const EPOCH: Duration = Duration::from_millis(EPOCH_MS as u64);
/// How long a call waits for another one to end, where there is no room for both.
pub(super) const TURN: Duration = Duration::from_secs(10);
/// Behind each memory where there is little address space, to keep the next one's first bytes from a fault of the compiler's.
/// Accesses are checked by the code itself then.
pub(super) const SMALL_GUARD_BYTES: u64 = 64 << 10;

/// Which limit a call ran into, and what that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Exceeded {
    #[error("memory ({0} MiB)")]
    Memory(u32),
    #[error("memory of all calls together ({0} MiB)")]
    MemoryOfAll(u32),
    #[error("table elements ({0})")]
    Tables(u32),
    #[error("CPU time ({0} ms)")]
    Cpu(u32),
    #[error("time of a call ({0} s)")]
    Time(u32),
    #[error("requests of a call ({0})")]
    Requests(u32),
    #[error("what is handed over at once ({0} KiB)")]
    HandedOver(u32),
    #[error("handles ({0})")]
    Handles(u32),
    #[error("what is given to the log ({0} KiB)")]
    Log(u32),
    #[error("stack ({0} KiB)")]
    Stack(u32),
}

impl Exceeded {
    /// As it is named in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Exceeded::Memory(_) => "memory_mib",
            Exceeded::MemoryOfAll(_) => "memory_of_all_mib",
            Exceeded::Tables(_) => "table_elements",
            Exceeded::Cpu(_) => "cpu_ms",
            Exceeded::Time(_) => "call_s",
            Exceeded::Requests(_) => "requests",
            Exceeded::HandedOver(_) => "handed_over_kib",
            Exceeded::Handles(_) => "handles",
            Exceeded::Log(_) => "log_kib",
            Exceeded::Stack(_) => "stack_kib",
        }
    }

    /// What wasmtime enforces by itself says so in words only.
    pub fn told_by(error: &wasmtime::Error, limits: &Limits) -> Option<Self> {
        if let Some(exceeded) = error.downcast_ref() {
            return Some(*exceeded);
        }
        if let Some(Trap::StackOverflow) = error.downcast_ref() {
            return Some(Exceeded::Stack(limits.stack_kib));
        }
        let said = error.root_cause().to_string();
        match said.as_str() {
            said if said.contains("fuel allocated for hostcalls") => Some(Exceeded::HandedOver(limits.handed_over_kib)),
            said if said.contains("store handle limit") || said.contains("resource table has no free keys") => {
                Some(Exceeded::Handles(limits.handles))
            }
            _ => None,
        }
    }
}

/// Linear memory that calls have at one time, all of them.
#[derive(Debug, Clone, Default)]
pub(super) struct MemoryOfAll(Arc<AtomicU64>);

impl MemoryOfAll {
    /// In bytes.
    pub fn taken(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Holds the memory and the tables of one call to their limits, and what it has to the limit of all.
#[derive(Debug)]
pub(super) struct Growth {
    limits: Limits,
    of_all: MemoryOfAll,
    taken: u64,
}

impl Growth {
    /// With nothing taken yet.
    pub fn within(limits: Limits, of_all: MemoryOfAll) -> Self {
        Self { limits, of_all, taken: 0 }
    }
}

impl Drop for Growth {
    fn drop(&mut self) {
        self.of_all.0.fetch_sub(self.taken, Ordering::Relaxed);
    }
}

impl ResourceLimiter for Growth {
    fn memory_growing(&mut self, current: usize, desired: usize, _max: Option<usize>) -> wasmtime::Result<bool> {
        let Limits { memory_mib, memory_of_all_mib, .. } = self.limits;
        if desired > self.limits.memory_bytes() {
            return Err(Exceeded::Memory(memory_mib).into());
        }
        let more = desired.saturating_sub(current) as u64;
        let of_all = self.of_all.0.fetch_add(more, Ordering::Relaxed) + more;
        self.taken += more;
        if of_all > u64::from(memory_of_all_mib) << 20 {
            return Err(Exceeded::MemoryOfAll(memory_of_all_mib).into());
        }
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _max: Option<usize>) -> wasmtime::Result<bool> {
        let most = self.limits.table_elements;
        if desired > most as usize { Err(Exceeded::Tables(most).into()) } else { Ok(true) }
    }

    fn instances(&self) -> usize {
        self.limits.core_items as usize
    }

    fn tables(&self) -> usize {
        self.limits.core_items as usize
    }

    fn memories(&self) -> usize {
        self.limits.core_items as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Limit;

    #[test]
    fn every_limit_has_its_reason_and_is_within_its_own_bounds() {
        for Limit { name, usual, least, most, about } in Limits::ALL {
            assert!((least..=most).contains(&usual) && about.ends_with('.'), "{name}");
        }
    }

    #[test]
    fn limits_that_contradict_each_other_are_named() {
        let usual = Limits::default();
        assert_eq!(usual.contradiction(), None);
        for (inner, outer, limits) in [
            ("memory_mib", "memory_of_all_mib", Limits { memory_of_all_mib: 63, ..usual }),
            ("reply_mib", "memory_mib", Limits { reply_mib: 65, ..usual }),
            ("request_kib", "handed_over_kib", Limits { request_kib: 4097, ..usual }),
            ("log_line_bytes", "log_kib", Limits { log_kib: 1, log_line_bytes: 1025, ..usual }),
            ("cpu_ms", "call_s", Limits { call_s: 1, cpu_ms: 1001, ..usual }),
        ] {
            assert_eq!(limits.contradiction(), Some((inner, outer)));
        }
    }

    #[test]
    fn p1_memory_is_counted_over_all_calls_and_given_back() {
        let (limits, of_all) = (Limits { memory_of_all_mib: 100, ..Limits::default() }, MemoryOfAll::default());
        let mut calls: Vec<_> = (0..3).map(|_| Growth::within(limits, of_all.clone())).collect();
        for call in &mut calls[..2] {
            assert!(call.memory_growing(0, 1 << 20, None).unwrap());
            assert!(call.memory_growing(1 << 20, 48 << 20, None).unwrap());
        }
        assert_eq!(of_all.taken(), 96 << 20);
        let refused = calls[2].memory_growing(0, 5 << 20, None).unwrap_err();
        assert_eq!(Exceeded::told_by(&refused, &limits), Some(Exceeded::MemoryOfAll(100)));
        drop(calls);
        assert_eq!(of_all.taken(), 0);
        let mut alone = Growth::within(limits, of_all);
        let refused = alone.memory_growing(0, (64 << 20) + 1, None).unwrap_err();
        assert_eq!(Exceeded::told_by(&refused, &limits), Some(Exceeded::Memory(64)));
    }
}
