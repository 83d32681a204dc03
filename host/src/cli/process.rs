//! What a process with credentials in its memory keeps from the others on its machine.

use std::io;

use rustix::fs::Mode;
use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit, umask};

/// As many files at once as the system lets this process have: a connection is one. The number that can be.
///
/// # Errors
/// The system says why there are no more than before.
pub(super) fn have_all_files() -> io::Result<u64> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    Ok(maximum.unwrap_or(u64::MAX))
}

/// Leaves no core file behind, lets nobody look into its memory but root, and makes files for its owner alone. Before anything
/// secret is read.
///
/// # Errors
/// The system says why the first of it is not so that is not; the rest may be.
pub(super) fn keep_to_itself() -> io::Result<()> {
    umask(Mode::RWXG | Mode::RWXO);
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    // Who may trace a process may read its memory.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::dumpable_behavior;

    #[test]
    fn a_process_has_as_many_files_as_it_may() {
        let all = have_all_files().unwrap();
        assert_eq!(getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX), all);
    }

    #[test]
    fn p5_no_core_file_is_left_and_nobody_looks_into_memory() {
        keep_to_itself().unwrap();
        assert_eq!(getrlimit(Resource::Core), Rlimit { current: Some(0), maximum: Some(0) });
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        assert_eq!(umask(Mode::RWXG | Mode::RWXO), Mode::RWXG | Mode::RWXO);
    }
}
