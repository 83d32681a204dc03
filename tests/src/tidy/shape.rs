//! The shape of files: short enough to read in one sitting, and opened by a sentence on what they are for.

use super::{Source, Violation};

/// Lines of one Rust file. Most are well under 350; at 500 a file has two jobs.
const MAX_LINES: usize = 500;

/// Where every file says at its top what it does and what it must not do. Tests are named after their promise instead.
const OPENED: &[&str] = &["host/", "sdk/src/", "providers/"];

pub fn length(source: &Source) -> Vec<Violation> {
    let lines = source.text.lines().count();
    if !source.is_rust() || lines <= MAX_LINES {
        return Vec::new();
    }
    vec![source.violation(MAX_LINES + 1, format!("{lines} lines, over {MAX_LINES}: split it by job"))]
}

pub fn opening(source: &Source) -> Vec<Violation> {
    let concerned = source.is_rust()
        && source.path.contains("/src/")
        && OPENED.iter().any(|folder| source.path.starts_with(folder));
    let opened =
        source.text.strip_prefix("//!").is_some_and(|rest| rest.lines().next().is_some_and(|l| !l.trim().is_empty()));
    if !concerned || opened {
        return Vec::new();
    }
    vec![source.violation(1, "does not open with `//!`: say what this file is for and what it must not do")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_one_line_too_many_is_found_and_one_at_the_limit_is_not() {
        assert_eq!(length(&Source::new("sdk/src/a.rs", "x\n".repeat(MAX_LINES + 1)))[0].line, MAX_LINES + 1);
        assert_eq!(length(&Source::new("sdk/src/a.rs", "x\n".repeat(MAX_LINES))), []);
        assert_eq!(length(&Source::new("Cargo.lock", "x\n".repeat(MAX_LINES + 1))), []);
    }

    #[test]
    fn a_file_that_does_not_say_its_job_is_found() {
        for text in ["", "use std::fmt;\n//! Late.", "// Not a doc.\n", "//!\n//! Empty first line.\n"] {
            assert_eq!(opening(&Source::new("providers/forge/src/lib.rs", text)).len(), 1, "{text:?}");
        }
        assert_eq!(opening(&Source::new("host/src/a/b.rs", "//! Reads.\n")), []);
        assert_eq!(opening(&Source::new("host/tests/a.rs", "use std::fmt;\n")), []);
    }
}
