//! Runs the usual stand-in CodeCommit for the vendor's own clients, until interrupted.
//!
//! `cargo run -p countersign-tests --example standin-codecommit -- [PORT]`

use countersign_tests::standin::codecommit::{CodeCommit, token};

/// The port when none is given.
const PORT: u16 = 7704;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let port = std::env::args().nth(1).map_or(Ok(PORT), |port| port.parse())?;
    let codecommit = CodeCommit::region("us-east-1").usual().page_cap(2);
    let codecommit = codecommit.doors(|doors| doors.ports(port, 0)).start().await?;
    println!("url        {}", codecommit.url());
    println!("tls        {} (codecommit and sts.us-east-1.amazonaws.com)", codecommit.tls_addr());
    for (who, key) in [
        ("alice", token::ALICE),
        ("alice, as a role", token::ALICE_ROLE),
        ("bob, reads widgets", token::BOB),
        ("mallory", token::MALLORY),
    ] {
        println!("{} {} {} ({who})", key.id, key.secret, key.session_token.unwrap_or("-"));
    }
    println!("repository {}", codecommit.git("widgets").dir().display());
    tokio::signal::ctrl_c().await?;
    for recorded in codecommit.record.requests() {
        let status = recorded.answer.as_ref().map_or(0, |answer| answer.status.as_u16());
        let target = recorded.request.header("x-amz-target").unwrap_or("sts").to_owned();
        println!("{} {target} {status}", recorded.account.unwrap_or_else(|| "-".to_owned()));
    }
    Ok(())
}
