//! Provider components, each compiled once per process: compiling takes far longer than everything else a daemon does at its
//! start. Each daemon still gets its bytes registered in its own database.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use countersign::app::App;
use countersign::operate::administrators_entry;
use model::ProviderRecord;
use sandbox::{Engine, Provider, Registry};
use serde_json::Map;
use tokio::sync::OnceCell;

use super::administration;

/// By the provider's id.
static COMPILED: Mutex<BTreeMap<&'static str, Arc<OnceCell<Compiled>>>> = Mutex::new(BTreeMap::new());

struct Compiled {
    bytes: Vec<u8>,
    sha256: String,
    provider: Arc<dyn Provider>,
}

/// A component's bytes, as `make setup` built them.
pub fn component(id: &str) -> Vec<u8> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).expect("cargo runs the tests");
    let path = package.join(format!("../target/providers/{id}.wasm"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; run `make setup`", path.display()))
}

/// Registers a component without compiling it again.
pub(super) async fn register(app: &App, id: &'static str) {
    let compiled = COMPILED.lock().expect("component lock").entry(id).or_default().clone();
    let Compiled { bytes, sha256, provider } = compiled.get_or_init(|| compile(id)).await;
    app.registry.insert(sha256.clone(), provider.clone());
    let record = ProviderRecord {
        description: provider.description().clone(),
        sha256: sha256.clone(),
        size_bytes: bytes.len() as u64,
        registered_at: app.clock.now(),
    };
    let audit = administrators_entry(app, &administration(), "provider.register", None, Map::new());
    app.store.put_provider(record, bytes.clone(), audit).await.expect("the provider is registered");
}

async fn compile(id: &str) -> Compiled {
    let bytes = component(id);
    let registry = Registry::new(Engine::new().expect("a sandbox"));
    let (sha256, provider) = registry.load(bytes.clone()).await.expect("the component is a provider");
    Compiled { bytes, sha256, provider }
}
