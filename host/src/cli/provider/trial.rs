//! A component is compiled by a process of its own before it is taken. One that takes all time or memory, or the compiler with it,
//! ends that process and nothing else.

use std::io::{self, Read as _};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::timeout;

use crate::cli::answer::Answer;
use sandbox::Limits;
use serde_json::Value;

/// The command that the other process is started with.
pub(super) const TRY: &str = "try";

/// Compiles it there. Where it was refused in an ordinary way, whoever compiles it here says why.
pub(super) async fn expect_to_compile(component: &[u8], limits: &Limits) -> anyhow::Result<()> {
    let Limits { compile_s, compile_mib, .. } = *limits;
    let program = std::env::current_exe().context("this program is not to be found any more")?;
    let mut tried = Command::new(program)
        .args(["provider", TRY, &compile_s.to_string(), &compile_mib.to_string()])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("no process can be started to compile it")?;
    let mut input = tried.stdin.take().context("the process that is to compile it takes nothing")?;
    let ended = async {
        // One that ended before it had read all says so by how it ended.
        let _ = input.write_all(component).await;
        drop(input);
        tried.wait().await
    };
    // It may wait for others that compute, too.
    let patience = Duration::from_secs(u64::from(compile_s) * 5 + 10);
    match timeout(patience, ended).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        _ => bail!(
            "it was not compiled within {compile_s} s of computing time and {compile_mib} MiB of memory, or the compiler failed on \
             it: nothing was registered. Both are limits (`compile_s`, `compile_mib`) of the configuration"
        ),
    }
}

/// What that process does: reads a component, and compiles it within these limits.
pub(super) fn run(compile_s: u32, compile_mib: u32) -> anyhow::Result<Answer> {
    let (seconds, bytes) = (u64::from(compile_s), u64::from(compile_mib) << 20);
    setrlimit(Resource::Cpu, Rlimit { current: Some(seconds), maximum: Some(seconds + 1) })?;
    setrlimit(Resource::Data, Rlimit { current: Some(bytes), maximum: Some(bytes) })?;
    let mut component = Vec::new();
    io::stdin().read_to_end(&mut component)?;
    sandbox::compile(&component);
    Ok(Answer::new(String::new(), Value::Null))
}
