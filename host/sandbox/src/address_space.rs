//! How much address space the process may still have, where somebody set a limit: `ulimit -v`, a service manager, a container.
//! What compiling takes is set aside; of the others a third is for calls of providers, a third for threads, and the rest for
//! everything else: a process that cannot have memory ends at once, and everybody's calls with it. So a daemon that has less than
//! a start takes is not started.

use std::fmt;
use std::fs;
use std::ops::RangeInclusive;

use super::limits::Limits;

/// As Linux tells it of the process that reads them.
const LIMITS: &str = "/proc/self/limits";
const STATUS: &str = "/proc/self/status";

/// What one thread may take: its stack as std makes it (2 MiB), and what glibc's allocator reserves for a thread that allocates
/// (`HEAP_MAX_SIZE`, 64 MiB).
const THREAD_BYTES: u64 = (2 + 64) << 20;
/// One for the runtime's work and two for all that blocks, and as many as tokio's own default at most.
const THREADS: RangeInclusive<u64> = 3..=512;
/// Threads that are not the runtime's: the store's writer, and who counts epochs.
const OTHER_THREADS: u64 = 2;

/// What is neither a thread's nor a call's: the database, what compiling takes and leaves behind. A daemon that has compiled four
/// providers was measured with 52 MiB of data (`VmData`); it is rounded up, for requests and providers that are larger.
const REST_BYTES: u64 = 96 << 20;

/// Of one call with the usual limits.
const SMALL_CALL_BYTES: u64 = Limits::USUAL.small_call_bytes();

/// The least that has to be left for a daemon when it is started, in bytes: one call at a time, and the fewest threads. With less, an
/// allocation fails sooner or later, which ends the process whatever it is at.
const LEAST_BYTES: u64 = REST_BYTES + SMALL_CALL_BYTES + (*THREADS.start() + OTHER_THREADS) * THREAD_BYTES;

/// What the process may have, and what is left of it, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressSpace {
    limit: u64,
    spare: u64,
}

/// Less than a daemon takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{has}; a start takes {least} MiB, so it has to be at least {at_least}: raise the limit, or take it away",
    least = mib(LEAST_BYTES),
    at_least = whole(has.at_least())
)]
pub struct TooLittle {
    has: AddressSpace,
}

impl AddressSpace {
    /// Of this process, where somebody set a limit.
    pub fn limited() -> Option<Self> {
        let limit = limit(&fs::read_to_string(LIMITS).ok()?)?;
        let taken = taken(&fs::read_to_string(STATUS).ok()?).unwrap_or_default();
        Some(Self { limit, spare: limit.saturating_sub(taken) })
    }

    /// Whether a daemon can be started with it.
    pub fn is_enough(self) -> Result<(), TooLittle> {
        if self.spare < LEAST_BYTES { Err(TooLittle { has: self }) } else { Ok(()) }
    }

    /// How many threads of the runtime there is room for.
    pub fn threads(self) -> usize {
        (self.third() / THREAD_BYTES).clamp(*THREADS.start(), *THREADS.end()) as usize
    }

    /// Bytes that calls of providers may reserve: not what the fewest threads and all else take.
    pub(super) fn for_calls(self) -> u64 {
        self.third().min(self.spare.saturating_sub(LEAST_BYTES - SMALL_CALL_BYTES))
    }

    fn third(self) -> u64 {
        self.spare.saturating_sub(REST_BYTES) / 3
    }

    /// The limit that would do, in whole MiB: what a process begins with differs by a page or two from start to start.
    fn at_least(self) -> u64 {
        mib(self.limit - self.spare + LEAST_BYTES + (1 << 20)) << 20
    }
}

impl fmt::Display for AddressSpace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limit, spare } = self;
        write!(
            f,
            "the address space of this process is limited to {} (`ulimit -v`, or LimitAS= of a service), and {} MiB are left of it",
            whole(*limit),
            mib(*spare)
        )
    }
}

/// As people and as `ulimit -v` say it.
fn whole(bytes: u64) -> String {
    format!("{} MiB, {} KiB", mib(bytes), bytes >> 10)
}

fn mib(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

/// The soft limit, in bytes: `Max address space         2147483648           unlimited            bytes`.
fn limit(limits: &str) -> Option<u64> {
    let values = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    values.split_whitespace().next()?.parse().ok()
}

/// In bytes: `VmSize:     12345 kB`.
fn taken(status: &str) -> Option<u64> {
    let value = status.lines().find_map(|line| line.strip_prefix("VmSize:"))?;
    Some(value.split_whitespace().next()?.parse::<u64>().ok()? << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn left(spare: u64) -> AddressSpace {
        AddressSpace { limit: u64::MAX, spare }
    }

    #[test]
    fn threads_take_a_third_and_there_are_a_few_at_least() {
        assert_eq!(left(0).threads(), 3);
        assert_eq!(left(REST_BYTES + 3 * 10 * THREAD_BYTES).threads(), 10);
        assert_eq!(left(u64::MAX).threads(), 512);
    }

    #[test]
    fn what_a_start_takes_fits_into_the_least_there_has_to_be() {
        assert_eq!(left(LEAST_BYTES).is_enough(), Ok(()));
        let too_little = AddressSpace { limit: LEAST_BYTES, spare: LEAST_BYTES - 1 };
        let error = too_little.is_enough().unwrap_err().to_string();
        assert!(error.contains("(`ulimit -v`, ") && error.contains("is limited to 4"), "{error}");
        for more in (0..4096).map(|mib| mib << 20) {
            let room = left(LEAST_BYTES + more);
            let threads = (room.threads() as u64 + OTHER_THREADS) * THREAD_BYTES;
            let calls = (room.for_calls() / SMALL_CALL_BYTES).max(1) * SMALL_CALL_BYTES;
            assert!(threads + calls + REST_BYTES <= room.spare, "{} MiB", more >> 20);
        }
    }

    #[test]
    fn the_kernels_tables_are_read() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max locked memory         8388608              8388608              bytes     \n\
                      Max address space         2147483648           unlimited            bytes     \n";
        assert_eq!(limit(limits), Some(2 << 30));
        assert_eq!(limit(&limits.replace("2147483648", "unlimited ")), None);
        assert_eq!(taken("Name:\tcountersign\nVmPeak:\t  900 kB\nVmSize:\t  512 kB\n"), Some(512 << 10));
        assert_eq!((limit(""), taken("")), (None, None));
    }
}
