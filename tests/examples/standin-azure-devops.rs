//! Runs the usual stand-in Azure DevOps for people's `curl` and for the vendor's own clients, until interrupted.
//!
//! `cargo run -p countersign-tests --example standin-azure-devops -- [PORT] [visual-studio | RELEASE]`, with a release of the
//! server such as `2018.2`. Without, it is Azure DevOps Services.

use countersign_tests::standin::azure_devops::{AzureDevOps, token};

/// The port when none is given.
const PORT: u16 = 7703;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().map_or(Ok(PORT), |port| port.parse())?;
    let azure = match arguments.next().as_deref() {
        None => AzureDevOps::services("acme"),
        Some("visual-studio") => AzureDevOps::visual_studio("acme"),
        Some(release) => AzureDevOps::server(release, "tfs", "DefaultCollection"),
    };
    let azure = azure.usual().page_cap(2).doors(|doors| doors.ports(port, 0)).start().await?;
    println!("url        {}", azure.url());
    println!("tls        {}", azure.tls_addr());
    println!("alice      {}", token::ALICE);
    println!("bob        {} (reads Platform/widgets)", token::BOB);
    println!("mallory    {}", token::MALLORY);
    println!("service    {} {} (servers only)", token::INTEGRATION_USER, token::INTEGRATION_PASSWORD);
    println!("repository {}", azure.git("Platform/widgets").dir().display());
    println!("curl -u :{} '{}/_apis/git/repositories'", token::ALICE, azure.url());
    tokio::signal::ctrl_c().await?;
    for recorded in azure.record.requests() {
        let status = recorded.answer.map_or(0, |answer| answer.status.as_u16());
        let account = recorded.account.unwrap_or_else(|| "-".to_owned());
        println!("{account} {} {} {status}", recorded.request.method, recorded.request.target());
    }
    Ok(())
}
