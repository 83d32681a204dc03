//! How much address space the process may still have, where somebody set a limit: `ulimit -v`, a service manager, a container.
//! A third is for calls of providers, a third for threads, and the rest for compiling and everything else: a process that
//! cannot have memory ends at once, and everybody's calls with it.

use std::fs;
use std::ops::RangeInclusive;

/// As Linux tells it of the process that reads them.
const LIMITS: &str = "/proc/self/limits";
const STATUS: &str = "/proc/self/status";

/// What one thread may take: its stack as std makes it (2 MiB), and what glibc's allocator reserves for a thread that allocates
/// (`HEAP_MAX_SIZE`, 64 MiB).
const THREAD_BYTES: u64 = (2 + 64) << 20;
/// Enough for all that blocks, and as many as tokio's own default at most.
const THREADS: RangeInclusive<u64> = 4..=512;

/// Bytes that calls of providers may reserve; none where there is no limit, or nobody tells.
pub(super) fn for_calls() -> Option<u64> {
    Some(spare()? / 3)
}

/// How many threads there is room for, where somebody set a limit.
pub fn threads() -> Option<usize> {
    spare().map(threads_in)
}

fn threads_in(spare: u64) -> usize {
    let threads = (spare / 3 / THREAD_BYTES).clamp(*THREADS.start(), *THREADS.end());
    threads as usize
}

/// Bytes that may still be reserved.
fn spare() -> Option<u64> {
    let limit = limit(&fs::read_to_string(LIMITS).ok()?)?;
    let taken = taken(&fs::read_to_string(STATUS).ok()?).unwrap_or_default();
    Some(limit.saturating_sub(taken))
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

    #[test]
    fn threads_take_a_third_and_there_are_a_few_at_least() {
        assert_eq!(threads_in(0), 4);
        assert_eq!(threads_in(3 * 10 * THREAD_BYTES), 10);
        assert_eq!(threads_in(u64::MAX), 512);
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
