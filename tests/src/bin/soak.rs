//! `make soak`: a million broken calls in a row and one user's flood, and what others have of it. See `countersign_tests::soak`.

use anyhow::Context as _;
use countersign_tests::soak;

/// How many calls, where the first argument does not say.
const CALLS: u64 = 1_000_000;

fn main() -> anyhow::Result<()> {
    let calls = match std::env::args().nth(1) {
        Some(calls) => calls.parse().context("the argument is how many calls")?,
        None => CALLS,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let report = soak::calls(calls).await?;
        println!("{report}");
        let users = soak::users().await?;
        println!("{users}");
        report.expect_given_back()?;
        report.expect_others_answered()?;
        users.expect_others_answered()
    })
}
