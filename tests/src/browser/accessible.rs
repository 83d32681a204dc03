//! Whether a page has barriers that a program can find: axe-core's rules, with its best practices.

use http::Method;
use serde_json::{Value, json};

use super::driver::axe_core;
use super::emulate::Scheme;
use super::session::Browser;

/// Answers with what is wrong. An error of axe-core itself is wrong too.
const RUN: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'] })
        .then((results) => done(results.violations), (error) => done([{ id: 'axe', help: String(error), nodes: [] }]));";

impl Browser {
    /// Fails the test where there is a barrier, in light or in dark. Looks at the frame that was gone to, as a page of its own.
    pub async fn expect_accessible(&self) {
        for scheme in [Scheme::Dark, Scheme::Light] {
            self.prefer(scheme).await;
            let barriers = self.barriers().await;
            let (address, scheme) = (self.address().await, scheme.name());
            assert!(barriers.is_empty(), "barriers on {address} ({scheme}):\n{}", barriers.join("\n"));
        }
    }

    /// What axe-core finds on the page as it is, a line for each thing concerned.
    pub async fn barriers(&self) -> Vec<String> {
        if self.script("return 'axe' in window;", json!([])).await != json!(true) {
            let axe = axe_core().unwrap_or_else(|missing| panic!("{missing}"));
            self.script(&axe, json!([])).await;
        }
        let found = self.tell(Method::POST, "/execute/async", json!({ "script": RUN, "args": [] })).await;
        found.as_array().into_iter().flatten().flat_map(lines).collect()
    }
}

fn lines(violation: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let what = format!("{} ({}): {}", text(&violation["id"]), text(&violation["impact"]), text(&violation["help"]));
    let nodes = violation["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let of_node = |node: &Value| {
        let why = text(&node["failureSummary"]).split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{what}\n    {} {}\n    {why}", node["target"], text(&node["html"]))
    };
    if nodes.is_empty() { vec![what] } else { nodes.iter().map(of_node).collect() }
}
