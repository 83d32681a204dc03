//! `make peers`: see [`countersign_tests::peers`].

use std::process::ExitCode;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    countersign_tests::peers::run().await
}
