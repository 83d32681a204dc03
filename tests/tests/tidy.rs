//! The repository keeps its own rules. Each rule, and the snippet that proves it can fail, is in `src/tidy/`.

use std::{path::Path, process::Command};

use countersign_tests::tidy::{
    Source, Violation, circles, dependencies, dependencies::Policy, expect_none, shape, sources, words, workspace_root,
};
use serde_json::Value;

fn apply(rule: fn(&Source) -> Vec<Violation>) {
    let violations: Vec<_> = sources(&workspace_root()).iter().flat_map(rule).collect();
    expect_none(&violations);
}

#[test]
fn the_host_knows_no_git_server_by_name() {
    apply(words::git_servers);
}

#[test]
fn nothing_is_left_open_in_the_code() {
    apply(words::open_ends);
}

#[test]
fn no_file_names_a_path_of_one_machine() {
    apply(words::machine_paths);
}

#[test]
fn no_file_is_too_long_to_read() {
    apply(shape::length);
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    apply(shape::opening);
}

#[test]
fn every_public_item_of_the_host_and_the_sdk_says_what_it_is_for() {
    apply(shape::explanation);
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    expect_none(&circles::circles(&sources(&workspace_root())));
}

#[test]
fn dependencies_keep_to_the_licences_bans_and_sources_of_deny_toml() {
    let root = workspace_root();
    let sources = sources(&root);
    let policy = Policy::read(named(&sources, "deny.toml"));
    expect_none(&dependencies::packages(&metadata(&root), &policy, named(&sources, "Cargo.lock")));
}

#[test]
fn packages_are_built_on_those_below_them_only() {
    let root = workspace_root();
    let manifests: Vec<_> = sources(&root).into_iter().filter(|source| source.path.ends_with("Cargo.toml")).collect();
    expect_none(&dependencies::edges(&metadata(&root), &manifests));
}

fn named<'a>(sources: &'a [Source], path: &str) -> &'a Source {
    sources.iter().find(|source| source.path == path).unwrap_or_else(|| panic!("{path} is in the repository"))
}

/// The packages this machine and the providers' target need. Those of other platforms may not have been downloaded,
/// and cargo-deny looks at them.
fn metadata(root: &Path) -> Value {
    let rustc = run(Command::new("rustc").arg("-vV").current_dir(root));
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["metadata", "--format-version", "1", "--locked", "--filter-platform", host]);
    cargo.args(["--filter-platform", "wasm32-unknown-unknown"]).current_dir(root);
    serde_json::from_str(&run(&mut cargo)).expect("cargo metadata is JSON")
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo and rustc write UTF-8")
}
