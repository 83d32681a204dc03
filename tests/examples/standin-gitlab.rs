//! Runs the usual stand-in GitLab for people's `curl` and for the vendor's own clients, until interrupted.
//!
//! `cargo run -p countersign-tests --example standin-gitlab -- [PORT] [VERSION] [RELATIVE_ROOT]`

use countersign_tests::standin::gitlab::{GitLab, token};

/// The port when none is given.
const PORT: u16 = 7702;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().map_or(Ok(PORT), |port| port.parse())?;
    let gitlab = match arguments.next() {
        Some(version) => GitLab::self_managed(&version),
        None => GitLab::cloud(),
    };
    let gitlab = gitlab.relative_root(&arguments.next().unwrap_or_default());
    let gitlab = gitlab.usual().page_cap(2).doors(|doors| doors.ports(port, 0)).start().await?;
    println!("url        {} (API: {})", gitlab.web_url(), gitlab.url());
    println!("tls        {} (gitlab.com)", gitlab.tls_addr());
    println!("alice      {}", token::ALICE);
    println!("bob        {} (reads acme/widgets)", token::BOB);
    println!("mallory    {}", token::MALLORY);
    println!("repository {}", gitlab.git("acme/widgets").dir().display());
    println!("curl -H 'PRIVATE-TOKEN: {}' {}/user", token::ALICE, gitlab.url());
    tokio::signal::ctrl_c().await?;
    for recorded in gitlab.record.requests() {
        let status = recorded.answer.map_or(0, |answer| answer.status.as_u16());
        let account = recorded.account.unwrap_or_else(|| "-".to_owned());
        println!("{account} {} {} {status}", recorded.request.method, recorded.request.target());
    }
    Ok(())
}
