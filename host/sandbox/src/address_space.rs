//! How much address space the process may still have, where somebody set a limit: `ulimit -v`, a service manager, a container.

use std::fs;

/// As Linux tells it of the process that reads them.
const LIMITS: &str = "/proc/self/limits";
const STATUS: &str = "/proc/self/status";

/// Bytes that may still be reserved; none where there is no limit, or nobody tells.
pub(super) fn spare() -> Option<u64> {
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
