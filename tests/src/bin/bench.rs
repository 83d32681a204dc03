//! `make bench`: prints what the sandbox costs and how fast pages are, as tables. See `countersign_tests::bench`.

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    println!("{}", runtime.block_on(countersign_tests::bench::run())?);
    Ok(())
}
