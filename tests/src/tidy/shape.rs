//! The shape of files: short enough to read in one sitting, opened by a sentence on what they are for, and with one on what
//! each public item is for.

use super::{Source, Violation};

/// Lines of one Rust file. Most are well under 350; at 500 a file has two jobs.
const MAX_LINES: usize = 500;

/// Where every file says at its top what it does and what it must not do. Tests are named after their promise instead.
const OPENED: &[&str] = &["host/", "sdk/src/", "providers/"];

/// Where every public item says what it is for. In tests, and in what they share, names say it.
const EXPLAINED: &[&str] = &["host/", "sdk/"];
const TESTS: &[&str] = &["tests", "suite", "world"];
const ITEMS: &[&str] = &["const", "enum", "fn", "static", "struct", "trait", "type", "union"];

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

/// Everything declared `pub` alone, in the lines before an inline `mod tests`.
pub fn explanation(source: &Source) -> Vec<Violation> {
    let is_tests = source.path.trim_end_matches(".rs").split('/').any(|part| TESTS.contains(&part));
    let concerned = source.is_rust() && EXPLAINED.iter().any(|folder| source.path.starts_with(folder)) && !is_tests;
    let text = if concerned { source.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default() } else { "" };
    let (mut found, mut is_explained, mut in_attribute) = (Vec::new(), false, false);
    for (index, line) in text.lines().map(str::trim).enumerate() {
        if in_attribute || line.starts_with("#[") {
            in_attribute = if in_attribute { !line.ends_with(']') } else { !line.contains(']') };
            continue;
        }
        if is_public_item(line) && !is_explained {
            found.push(source.violation(index + 1, "public and without `///`: say what it is for, not its signature"));
        }
        is_explained = line.starts_with("///");
    }
    found
}

/// What a macro makes is explained where the macro is called.
fn is_public_item(line: &str) -> bool {
    let words = line.strip_prefix("pub ").unwrap_or_default().split_whitespace();
    let mut words = words.skip_while(|word| matches!(*word, "async" | "unsafe"));
    words.next().is_some_and(|word| ITEMS.contains(&word)) && words.next().is_some_and(|name| !name.starts_with('$'))
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

    #[test]
    fn a_public_item_that_does_not_say_what_it_is_for_is_found() {
        let text = "pub async fn a() {}\n/// B.\n#[b(\n    c = [1],\n)]\npub struct B {\n    #[d] pub e: u8,\n}\n\n\
                    #[must_use]\npub const F: u8 = 1;\npub(super) fn g() {}\n// H.\npub fn h() {}\npub struct $i;\n\
                    #[cfg(test)]\nmod tests {\n    pub fn j() {}\n}\n";
        let lines =
            |path| explanation(&Source::new(path, text)).into_iter().map(|found| found.line).collect::<Vec<_>>();
        assert_eq!(lines("host/src/a.rs"), [1, 11, 14]);
        for path in
            ["host/store/src/suite/a.rs", "host/src/world.rs", "sdk/src/a/tests.rs", "host/tests/a.rs", "tests/a.rs"]
        {
            assert!(lines(path).is_empty(), "{path}");
        }
    }
}
