//! `make peers`: see [`countersign_tests::peers`]. Its argument, if there is one, is a part of the names of the scripts to run.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    countersign_tests::peers::run(&std::env::args().nth(1).unwrap_or_default()).await
}
