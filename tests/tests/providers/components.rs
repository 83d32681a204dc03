//! The components themselves, as `make setup` builds them and as they are shipped.

use std::path::{Path, PathBuf};

use countersign_tests::daemon::provider_component;

/// What we mean a component to stay under, in bytes.
const GOAL_BYTES: usize = 200_000;
/// What no component may reach, in bytes.
const LIMIT_BYTES: usize = 250_000;

#[test]
fn every_component_is_small() {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../providers");
    let crates = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let is_crate = |path: &PathBuf| path.join("Cargo.toml").is_file();
    let mut ids: Vec<String> = crates.filter(is_crate).map(|path| name(&path)).collect();
    ids.sort();
    assert!(ids.contains(&"github".to_owned()), "{ids:?}");
    for id in ids {
        let bytes = provider_component(&id).len();
        let verdict = if bytes < GOAL_BYTES { "under the goal" } else { "OVER THE GOAL" };
        println!("{id}.wasm: {bytes} bytes, {verdict} of {GOAL_BYTES}");
        assert!(bytes < LIMIT_BYTES, "{id}.wasm has {bytes} bytes; at most {LIMIT_BYTES} are taken");
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
