//! `make demo`: the whole system on this machine, with stand-in git servers. Everything is in the library.

use std::process::ExitCode;

use countersign_tests::demo::{self, Options};

#[tokio::main]
async fn main() -> ExitCode {
    let played = match Options::from_environment() {
        Ok(options) => demo::run(options).await,
        Err(error) => Err(error),
    };
    played.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
