//! Provider components, each compiled once per process: compiling takes far longer than everything else a daemon does at its
//! start. Each daemon still has a registry of its own, and gets the bytes registered in its own database.

use sandbox::{Engine, Registry};
use tokio::sync::OnceCell;

use crate::tidy::workspace_root;

/// What this process has compiled.
static COMPILED: OnceCell<(Engine, Registry)> = OnceCell::const_new();

/// A component's bytes, as `make setup` built them.
pub fn component(id: &str) -> Vec<u8> {
    let path = workspace_root().join(format!("target/providers/{id}.wasm"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; run `make setup`", path.display()))
}

/// A registry in which this component is ready.
pub(super) async fn ready(component: Vec<u8>) -> Registry {
    let (engine, compiled) = COMPILED
        .get_or_init(async || {
            let engine = Engine::new().expect("a sandbox");
            (engine.clone(), Registry::new(engine))
        })
        .await;
    let (sha256, provider) = compiled.load(component).await.expect("the component is a provider");
    let registry = Registry::new(engine.clone());
    registry.insert(sha256, provider);
    registry
}
