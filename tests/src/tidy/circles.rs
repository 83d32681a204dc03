//! Files of one crate do not use each other in a circle: each can be read with no more than those below it.
//!
//! A file uses another where a path in its code leads there, re-exports followed. Declaring a child is no use of it, and
//! neither is re-exporting what it has. Whose a method is, text does not tell.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Source, Violation,
    paths::{Path, Paths},
};

/// Uses that may close a circle: by which file, of which, and why nothing below both can hold what they share.
const ACCEPTED: &[(&str, &str, &str)] = &[];

/// Names followed to where they come from; one that needs more leads to itself.
const MAX_HOPS: usize = 8;

/// The files each file uses, with the line that does so first.
type Uses<'a> = BTreeMap<&'a str, BTreeMap<&'a str, usize>>;

pub fn circles(sources: &[Source]) -> Vec<Violation> {
    let mut crates: BTreeMap<&str, Vec<(Path<'_>, &Source)>> = BTreeMap::new();
    for source in sources {
        if let Some((name, file)) = source.path.split_once("/src/")
            && let Some(file) = file.strip_suffix(".rs")
        {
            let module = if file == "lib" { Vec::new() } else { file.split('/').collect() };
            crates.entry(name).or_default().push((module, source));
        }
    }
    crates.into_values().flat_map(|files| circles_among(&files)).collect()
}

fn circles_among(files: &[(Path<'_>, &Source)]) -> Vec<Violation> {
    let uses = uses(files);
    let found: BTreeSet<_> = uses.keys().filter_map(|start| shortest_circle(&uses, start)).collect();
    let violation = |circle: Vec<&str>| {
        let others = [&circle[1..], &circle[..1]].concat().join(", which uses ");
        let message = format!("uses {others}: move what they share into a file below them");
        Violation { path: circle[0].to_owned(), line: uses[circle[0]][circle[1]], message }
    };
    found.into_iter().map(violation).collect()
}

fn uses<'a>(files: &[(Path<'a>, &'a Source)]) -> Uses<'a> {
    let read = |(module, source): &(Path<'a>, &'a Source)| {
        (module.clone(), source.path.as_str(), Paths::of(module, &source.text))
    };
    let mut read: Vec<_> = files.iter().map(read).collect();
    let tests: Vec<_> = read.iter().flat_map(|(.., paths)| paths.tests.clone()).collect();
    read.retain(|(module, ..)| !tests.iter().any(|test| module.starts_with(test)));
    let files: BTreeMap<_, _> = read.iter().map(|(module, file, _)| (&module[..], *file)).collect();
    let names: BTreeMap<_, _> =
        read.iter().flat_map(|(.., paths)| &paths.names).map(|(name, from)| (&name[..], from)).collect();
    let mut uses = Uses::new();
    for (_, file, paths) in &read {
        for (path, line) in &paths.mentioned {
            let used = file_of(path, &files, &names).filter(|used| used != file && !is_accepted(file, used));
            used.map(|used| uses.entry(file).or_default().entry(used).or_insert(*line));
        }
    }
    uses
}

fn is_accepted(file: &str, used: &str) -> bool {
    ACCEPTED.iter().any(|(by, of, _)| (*by, *of) == (file, used))
}

/// The file a path ends in: the innermost module on it that is one. None where that is none of the crate's.
fn file_of<'a>(
    path: &[&'a str],
    files: &BTreeMap<&[&str], &'a str>,
    names: &BTreeMap<&[&str], &Path<'a>>,
) -> Option<&'a str> {
    let mut path = path.to_vec();
    for _ in 0..MAX_HOPS {
        let brought = (1..=path.len()).find_map(|length| Some((names.get(&path[..length])?, length)));
        let Some((from, length)) = brought else { break };
        path = [from, &path[length..]].concat();
    }
    (0..=path.len()).rev().find_map(|length| files.get(&path[..length]).copied())
}

/// From its file that is first by name, so that it is the same wherever one enters it.
fn shortest_circle<'a>(uses: &Uses<'a>, start: &'a str) -> Option<Vec<&'a str>> {
    let (mut ways, mut seen) = (vec![vec![start]], BTreeSet::new());
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in &ways {
            for used in uses.get(way.last()?).into_iter().flat_map(BTreeMap::keys) {
                if *used == start {
                    let first = (0..way.len()).min_by_key(|at| way[*at])?;
                    return Some([&way[first..], &way[..first]].concat());
                }
                if seen.insert(*used) {
                    longer.push([&way[..], &[*used]].concat());
                }
            }
        }
        ways = longer;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found among files of one crate, given as path below `src/` and text.
    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let source = |(file, text): &(&str, &str)| Source::new(format!("sdk/src/{file}.rs"), *text);
        circles(&files.iter().map(source).collect::<Vec<_>>()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_circle_is_told_once_file_by_file() {
        let direct = [("a", "use crate::b::B;\npub struct A;"), ("b", "pub struct B(super::a::A);")];
        let message =
            "sdk/src/a.rs:1: uses sdk/src/b.rs, which uses sdk/src/a.rs: move what they share into a file below them";
        assert_eq!(found(&direct), [message]);
        let longer = [("a", "\nfn a() { crate::b::f() }"), ("b", "use super::c;"), ("c", "use super::a::f as g;")];
        assert!(
            found(&longer)[0].contains("a.rs:2: uses sdk/src/b.rs, which uses sdk/src/c.rs, which uses sdk/src/a.rs:")
        );
        assert_eq!(found(&longer).len(), 1);
    }

    #[test]
    fn a_use_is_seen_through_re_exports_groups_and_modules() {
        let parent = ("lib", "mod a;\nmod b;\npub use self::b::{B, c::C as D};");
        for by_b in ["use super::{x, a::{self, A}};", "mod inside { use super::super::a::A; }", "type T = crate::a::A;"]
        {
            for by_a in ["use crate::B;", "fn f(b: super::B) {}", "use std::fmt;\nuse super::{D, B as E};"] {
                assert_eq!(found(&[parent, ("a", by_a), ("b", by_b)]).len(), 1, "{by_a} {by_b}");
            }
        }
        // What a parent re-exports and uses itself is in its code all the same.
        assert_eq!(
            found(&[("a", "pub use self::b::B;\nfn f() -> B {}\nstruct A;"), ("a/b", "use super::A;")]).len(),
            1
        );
        assert_eq!(found(&[("a", "mod b;\nfn f() { b::f() }\nstruct A;"), ("a/b", "use super::A;")]).len(), 1);
    }

    #[test]
    fn what_is_no_use_makes_no_circle() {
        let child = ("a/b", "use super::A;\npub struct B;");
        for parent in [
            "mod b;\npub use self::b::B;\npub(crate) use b::{B as C};\nstruct A;",
            "struct A;\n#[cfg(test)]\nmod tests { use super::b::B; }\n#[cfg(test)]\nuse b::B;",
            "struct A; // b::B\nconst TEXT: &str = \"b::B\"; fn f(a: A) { a.b::<A>() }",
        ] {
            assert_eq!(found(&[("a", parent), child]), [] as [&str; 0], "{parent}");
        }
        assert_eq!(found(&[("a", "#[cfg(test)]\nmod b;\nfn f() { b::g() }"), child]), [] as [&str; 0]);
        let seen_by = ("a/b", "pub(in crate::a) struct B;\nmod inside { use super::B; }");
        assert_eq!(found(&[("a", "mod b;\nuse b::B;"), seen_by]), [] as [&str; 0]);
        let others =
            [Source::new("host/src/a.rs", "use crate::b::B;"), Source::new("sdk/src/b.rs", "use crate::a::A;")];
        assert_eq!(circles(&others), []);
    }
}
