//! How many connections the process may hold, by the file descriptors it is allowed: without this, a crowd of clients would
//! leave none for the database and the git servers.

use std::fs;

/// Where Linux says what the process is allowed.
const LIMITS: &str = "/proc/self/limits";

/// File descriptors kept for the database, its readers, connections to git servers, and the runtime.
const KEPT: usize = 256;

/// At least this many, whatever is allowed: a shortage then shows as failed accepts rather than as a daemon that does not
/// answer.
const AT_LEAST: usize = 64;

/// As many as fit, at most `wanted`. `wanted` where the system does not say.
pub(super) fn most_connections(wanted: usize) -> usize {
    let allowed = fs::read_to_string(LIMITS).ok().and_then(|text| soft_limit(&text));
    let most = allowed.map_or(wanted, |allowed| fitting(wanted, allowed));
    if most < wanted {
        tracing::info!(connections = most, "the limit of open files bounds the connections: raise it for more");
    }
    most
}

fn fitting(wanted: usize, allowed: usize) -> usize {
    wanted.min(allowed.saturating_sub(KEPT).max(AT_LEAST))
}

/// None for `unlimited` too.
fn soft_limit(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Limit                     Soft Limit           Hard Limit           Units     \n\
                        Max processes             unlimited            unlimited            processes \n\
                        Max open files            1024                 524288               files     \n";

    #[test]
    fn connections_leave_files_for_the_rest() {
        assert_eq!(soft_limit(TEXT), Some(1024));
        assert_eq!(fitting(10_000, 1024), 768);
        assert_eq!(fitting(10_000, 20_000), 10_000);
        assert_eq!(fitting(10_000, 100), AT_LEAST);
    }

    #[test]
    fn no_limit_is_no_number() {
        assert_eq!(soft_limit(&TEXT.replace("1024 ", "unlimited ")), None);
        assert_eq!(soft_limit(""), None);
    }
}
