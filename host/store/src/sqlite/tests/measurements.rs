//! How long it takes, on the machine at hand. Asserts nothing; run with
//! `cargo test -p countersign-store measure -- --ignored --nocapture`.

#![allow(clippy::disallowed_methods, reason = "measures elapsed time, decides nothing by it")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Scratch;
use crate::sqlite::operations;
use crate::suite::values::{at_once, audit, id, integration, pat, provider, sealed, user};
use crate::{Integrations as _, Log as _, Operations as _, Pats as _, Providers as _};
use model::SiteProject;

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!("{what}: median {:?}, 99th percentile {:?}, {} times", at(50), at(99), times.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn measure_loads_and_writes() {
    let scratch = Scratch::new();
    let store = Arc::new(scratch.open());
    store.add_integration(integration("acme"), Some(sealed("bot")), audit("integration.add")).await.unwrap();
    store.put_provider(provider(b"x"), b"x".to_vec(), None, audit("provider.put")).await.unwrap();
    store.save_pat(pat("acme", "ann", "x"), audit("pat.save")).await.unwrap();

    let project = SiteProject::parse("ABC").unwrap();
    let mut times = Vec::new();
    for _ in 0..5000 {
        let start = Instant::now();
        store.find_open(&id("acme"), &project, &user("ann")).await.unwrap().unwrap();
        times.push(start.elapsed());
    }
    report("find_open", times);

    let within = store.readers.read(move |database| {
        let (acme, ann) = (id("acme"), user("ann"));
        let start = Instant::now();
        for _ in 0..5000 {
            operations::find_open(database, &acme, &project, &ann)?.unwrap();
        }
        Ok(start.elapsed() / 5000)
    });
    println!("find_open without changing threads: {:?}", within.await.unwrap());

    let mut times = Vec::new();
    for _ in 0..300 {
        let start = Instant::now();
        store.append_audit(audit("x")).await.unwrap();
        times.push(start.elapsed());
    }
    report("one write at a time", times);

    let start = Instant::now();
    let times = at_once(100, |_| {
        let store = Arc::clone(&store);
        async move {
            let mut times = Vec::new();
            for _ in 0..30 {
                let start = Instant::now();
                store.append_audit(audit("x")).await.unwrap();
                times.push(start.elapsed());
            }
            times
        }
    })
    .await
    .concat();
    println!("100 writers at once: {:.0} writes a second", times.len() as f64 / start.elapsed().as_secs_f64());
    report("100 writers at once", times);

    let start = Instant::now();
    let verdict = store.verify_audit().await.unwrap();
    println!("verifying {} entries: {:?}", verdict.entries, start.elapsed());
}
