//! Runs the usual stand-in GitHub for people's `curl` and for the vendor's own clients, until interrupted.
//!
//! `cargo run -p countersign-tests --example standin-github -- [PORT] [ENTERPRISE_VERSION]`

use countersign_tests::standin::github::{GitHub, token};

/// The port when none is given.
const PORT: u16 = 7701;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().map_or(Ok(PORT), |port| port.parse())?;
    let github = match arguments.next() {
        Some(version) => GitHub::enterprise(&version),
        None => GitHub::cloud(),
    };
    let github = github.usual().page_cap(2).doors(|doors| doors.ports(port, 0)).start().await?;
    println!("url        {}", github.url());
    println!("tls        {} (api.github.com)", github.tls_addr());
    println!("alice      {}", token::ALICE);
    println!("bob        {} (reads acme/widgets)", token::BOB);
    println!("mallory    {}", token::MALLORY);
    println!("repository {}", github.git("acme/widgets").dir().display());
    println!("curl -H 'Authorization: Bearer {}' {}/user", token::ALICE, github.url());
    tokio::signal::ctrl_c().await?;
    for recorded in github.record.requests() {
        let status = recorded.answer.map_or(0, |answer| answer.status.as_u16());
        let account = recorded.account.unwrap_or_else(|| "-".to_owned());
        println!("{account} {} {} {status}", recorded.request.method, recorded.request.target());
    }
    Ok(())
}
