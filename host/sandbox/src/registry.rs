//! The providers that are ready to be called, known by the SHA-256 of their component.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{ComponentError, Engine, Provider, WasmProvider, fingerprint};

/// Compiled providers. A component is compiled once and kept while the daemon runs. Cheap to clone; clones share what they
/// hold.
#[derive(Clone)]
pub struct Registry {
    engine: Engine,
    ready: Arc<Mutex<HashMap<String, Arc<dyn Provider>>>>,
    /// Compiling takes memory: one component at a time, and none twice.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Registry {
    /// With none ready yet.
    pub fn new(engine: Engine) -> Self {
        Self { engine, ready: Arc::default(), turn: Arc::default() }
    }

    /// Where its providers run.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// How many calls of providers there is room for at once.
    pub fn calls(&self) -> usize {
        self.engine.calls()
    }

    /// The provider with this SHA-256 (lower-case hexadecimal), if it was loaded.
    pub fn get(&self, sha256: &str) -> Option<Arc<dyn Provider>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).get(sha256).cloned()
    }

    /// Compiles a component, asks it to describe itself, and keeps it, unless it is ready already. Takes about a second for a
    /// megabyte.
    pub async fn load(&self, component: Vec<u8>) -> Result<(String, Arc<dyn Provider>), ComponentError> {
        let sha256 = fingerprint(&component);
        let _turn = self.turn.lock().await;
        if let Some(ready) = self.get(&sha256) {
            return Ok((sha256, ready));
        }
        let provider = Arc::new(WasmProvider::load(&self.engine, component).await?);
        self.insert(sha256.clone(), provider.clone());
        Ok((sha256, provider))
    }

    /// Takes in a provider that is ready by other means.
    pub fn insert(&self, sha256: String, provider: Arc<dyn Provider>) {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).insert(sha256, provider);
    }
}
