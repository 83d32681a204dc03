//! From bytes to a provider that can be called: compiled, as the daemon does at its start, and, for comparison, loaded from
//! code compiled before.

use std::time::Instant;

use anyhow::anyhow;
use sandbox::{Engine, WasmProvider};
use wasmtime::component::Component;

use super::samples::{Samples, time};

const COMPILATIONS: usize = 5;
const LOADS: usize = 200;

pub(super) struct Loading {
    /// What the daemon does with a registered component: check, compile, link, have it describe itself.
    pub(super) provider: Samples,
    /// wasmtime's part of it.
    pub(super) compile: Samples,
    /// From compiled code.
    pub(super) deserialize: Samples,
    pub(super) compiled_bytes: usize,
}

pub(super) async fn measure(engine: &Engine, component: &[u8]) -> anyhow::Result<Loading> {
    let provider = time(COMPILATIONS, async || {
        WasmProvider::load(engine, component.to_vec()).await?;
        Ok(())
    })
    .await?;
    let engine = engine.wasmtime();
    let compile = time(COMPILATIONS, async || compile(engine, component).map(drop)).await?;
    let compiled = compile_to_code(engine, component)?;
    Ok(Loading { provider, compile, deserialize: deserialize(engine, &compiled)?, compiled_bytes: compiled.len() })
}

fn compile(engine: &wasmtime::Engine, component: &[u8]) -> anyhow::Result<Component> {
    Component::from_binary(engine, component).map_err(|error| anyhow!("{error:#}"))
}

fn compile_to_code(engine: &wasmtime::Engine, component: &[u8]) -> anyhow::Result<Vec<u8>> {
    compile(engine, component)?.serialize().map_err(|error| anyhow!("{error:#}"))
}

#[expect(unsafe_code, reason = "the daemon has no such call; only a measurement of it needs one")]
fn deserialize(engine: &wasmtime::Engine, compiled: &[u8]) -> anyhow::Result<Samples> {
    let mut samples = Samples::default();
    for _ in 0..LOADS {
        let started = Instant::now();
        // SAFETY: the code was made by this engine a moment ago and has not left the process.
        let component = unsafe { Component::deserialize(engine, compiled) };
        drop(component.map_err(|error| anyhow!("{error:#}"))?);
        samples.push(started.elapsed());
    }
    Ok(samples)
}
