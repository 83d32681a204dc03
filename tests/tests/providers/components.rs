//! The components themselves, as `make setup` builds them and as they are shipped.

use std::path::{Path, PathBuf};

use countersign_tests::daemon::provider_component;
use model::Kind;
use sandbox::{Engine, Registry};

/// What we mean a component to stay under, in bytes.
const GOAL_BYTES: usize = 200_000;
/// What no component may reach, in bytes.
const LIMIT_BYTES: usize = 300_000;

#[test]
fn every_component_is_small() {
    for id in providers() {
        let bytes = provider_component(&id).len();
        let verdict = if bytes < GOAL_BYTES { "under the goal" } else { "OVER THE GOAL" };
        println!("{id}.wasm: {bytes} bytes, {verdict} of {GOAL_BYTES}");
        assert!(bytes < LIMIT_BYTES, "{id}.wasm has {bytes} bytes; at most {LIMIT_BYTES} are taken");
    }
}

/// What administrators look up in the README is what they find in the forms.
#[tokio::test]
async fn the_readme_has_a_row_for_every_kind_with_its_settings_and_credential() {
    let readme = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let registry = Registry::new(Engine::new().unwrap());
    let mut kinds = 0;
    for id in providers() {
        let (_, provider) = registry.load(provider_component(&id)).await.unwrap();
        for kind in &provider.description().kinds {
            let row = readme.lines().find(|line| line.starts_with(&format!("| `{}`", kind.id)));
            let row = row.unwrap_or_else(|| panic!("no row for {}", kind.id));
            let missing: Vec<String> = told(kind).into_iter().filter(|word| !row.contains(word)).collect();
            assert_eq!(missing, Vec::<String>::new(), "{}", kind.id);
            kinds += 1;
        }
    }
    assert_eq!(kinds, 8);
}

/// Names of the forms' fields.
fn told(kind: &Kind) -> Vec<String> {
    kind.settings.iter().chain(&kind.credential).map(|field| format!("`{}`", field.name)).collect()
}

/// Ids, from the crates there are.
fn providers() -> Vec<String> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../providers");
    let crates = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let is_crate = |path: &PathBuf| path.join("Cargo.toml").is_file();
    let mut ids: Vec<String> = crates.filter(is_crate).map(|path| name(&path)).collect();
    ids.sort();
    assert!(ids.len() >= 4, "{ids:?}");
    ids
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
