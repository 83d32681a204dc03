//! Who may import whom inside `host/src`, read from every path in the code: `use` trees, `crate::…`, `super::…` and
//! `wasmtime::Store` in the middle of an expression alike. Test modules obey the same rules.

mod paths;

use self::paths::{Target, paths};
use super::{
    Source, Violation,
    tokens::{Kind, tokens},
};

const HOST: &str = "host/src/";

/// Each module of the host and the others it may name; a module that is not here may not exist. Downward only:
/// `api, ui → operate → policy, lend, provider, store → model`. `provider` never names `store`, so that nothing a guest
/// drives is one call away from stored secrets.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("clock", &["model"]),
    ("config", &["model"]),
    ("keys", &["model"]),
    ("metrics", &[]),
    ("policy", &["model"]),
    ("store", &["clock", "keys", "model"]),
    ("lend", &["clock", "keys", "model", "policy"]),
    ("provider", &["clock", "lend", "model"]),
    ("app", &["clock", "config", "keys", "lend", "metrics", "model", "policy", "provider", "store"]),
    ("operate", &["app", "clock", "lend", "metrics", "model", "policy", "provider", "store"]),
    ("api", OVER_OPERATE),
    ("ui", OVER_OPERATE),
    // The daemon around the API: it makes providers ready through `operate`, and decides nothing.
    ("serve", &["api", "app", "model", "operate", "store", "ui"]),
    ("cli", ANYTHING),
];

/// All but `lend`: what answers requests never holds a lease.
const OVER_OPERATE: &[&str] = &["app", "clock", "config", "keys", "model", "operate", "policy", "provider", "store"];

const ANYTHING: &[&str] = &[
    "api", "app", "clock", "config", "keys", "lend", "metrics", "model", "operate", "policy", "provider", "serve",
    "store", "ui",
];

/// Crates that live in one place, so that replacing one means reading one module.
const HOMES: &[(&str, &[&str])] = &[("axum", &["api", "ui"]), ("rusqlite", &["store"]), ("wasmtime", &["provider"])];

/// Modules that compute and do nothing else, and what would make them do something.
const PURE: &[&str] = &["model", "policy"];
const IMPURE: &[&str] = &[
    "axum",
    "reqwest",
    "ring",
    "rusqlite",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "tokio",
    "wasmtime",
];

pub fn check(source: &Source) -> Vec<Violation> {
    let Some(file) = source.path.strip_prefix(HOST).filter(|_| source.is_rust()) else {
        return Vec::new();
    };
    // `lib.rs` only declares modules and `main.rs` only starts `cli`: neither belongs to a layer.
    let own = match file {
        "lib.rs" | "main.rs" => None,
        _ => file.split(['/', '.']).next(),
    };
    let code: Vec<_> = tokens(&source.text).into_iter().filter(|token| token.kind != Kind::Comment).collect();
    let mut messages: Vec<(usize, String)> = Vec::new();
    if let Some(own) = own.filter(|own| layer(own).is_none()) {
        messages.push((1, format!("module `{own}` has no layer: add it to LAYERS, and to the design")));
    }
    for path in paths(&code) {
        let target = path.resolved(file);
        messages.extend(judge(own, &target).map(|message| (path.line, message)));
    }
    if own.is_some_and(|own| PURE.contains(&own)) {
        let waits = code.iter().filter(|token| token.is("async") || token.is("await"));
        messages.extend(waits.map(|token| (token.line, "pure modules wait for nothing: no async here".to_owned())));
    }
    messages.into_iter().map(|(line, message)| source.violation(line, message)).collect()
}

/// What a module may name; nothing for one without a layer.
fn layer(module: &str) -> Option<&'static [&'static str]> {
    LAYERS.iter().find(|(name, _)| *name == module).map(|(_, may_import)| *may_import)
}

/// What is wrong with naming `target` in module `own`.
fn judge(own: Option<&str>, target: &Target<'_>) -> Option<String> {
    match target {
        Target::Module(named) => {
            let own = own.filter(|own| own != named)?;
            let allowed = layer(own)?;
            (!allowed.contains(named)).then(|| {
                format!("`{own}` may not name `{named}`, only {allowed:?}: pass the value in, or move the code")
            })
        }
        Target::External(path) => judge_external(own, path),
    }
}

fn judge_external(own: Option<&str>, path: &str) -> Option<String> {
    let names = |prefix: &str| path == prefix || path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with("::"));
    if let Some(own) = own.filter(|own| PURE.contains(own))
        && let Some(impure) = IMPURE.iter().find(|impure| names(impure))
    {
        return Some(format!("`{own}` is pure and may not name `{impure}`: take what it would give as an argument"));
    }
    let (name, homes) = HOMES.iter().find(|(name, _)| names(name))?;
    let at_home = own.is_some_and(|own| homes.contains(&own));
    (!at_home).then(|| format!("only {homes:?} may name `{name}`: ask that module for what you need"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(path: &str, text: &str) -> Vec<(usize, String)> {
        check(&Source::new(path, text)).into_iter().map(|violation| (violation.line, violation.message)).collect()
    }

    fn expect(path: &str, text: &str, expected: &[(usize, &str)]) {
        let found = broken(path, text);
        assert_eq!(found.len(), expected.len(), "{path}: {text}\n{found:?}");
        for ((line, message), (expected_line, part)) in found.iter().zip(expected) {
            assert!(line == expected_line && message.contains(part), "{expected_line} {part} in {line} {message}");
        }
    }

    #[test]
    fn a_provider_that_names_the_store_is_found_however_it_is_written() {
        for text in [
            "use crate::store;",
            "use crate::store::Sealed as _;",
            "use crate::{model::Kind, store::{self, Sealed}};",
            "fn f() { crate::store::open() }",
            "use super::super::store::Sealed;",
            "mod tests { fn f() {} use super::super::super::store; }",
            "pub(in crate::store) struct S;",
            "macro_rules! m { () => { $crate::store::open() } }",
        ] {
            let found = broken("host/src/provider/call.rs", text);
            assert!(!found.is_empty() && found[0].1.contains("`provider` may not name `store`"), "{text}: {found:?}");
        }
    }

    #[test]
    fn what_a_layer_may_import_passes() {
        expect("host/src/api/branches.rs", "use crate::{app::App, operate, policy::Denial};\nuse axum::Json;", &[]);
        expect(
            "host/src/provider/call.rs",
            "use super::{egress, limits};\nuse self::bindings::X; use wasmtime::Store;",
            &[],
        );
        expect("host/src/store.rs", "mod tests { use super::*; }\nuse crate::model::Id; use rusqlite::params;", &[]);
        expect("host/src/main.rs", "fn main() { countersign::cli::run() }", &[]);
        expect("sdk/src/lib.rs", "use wasmtime::Store;", &[]);
    }

    #[test]
    fn the_line_named_is_that_of_the_leaf() {
        expect(
            "host/src/policy.rs",
            "//! Pure.\nuse crate::{\n    model::Kind,\n    lend::Lease,\n};",
            &[(4, "`lend`")],
        );
    }

    #[test]
    fn inline_modules_end_where_their_brace_does() {
        let text = "mod a { fn f() { {} } }\nuse super::lend::Lease;";
        expect("host/src/policy.rs", text, &[(2, "`policy` may not name `lend`")]);
    }

    #[test]
    fn pure_modules_may_not_act() {
        expect("host/src/policy/decide.rs", "use tokio::sync::Mutex;", &[(1, "may not name `tokio`")]);
        expect("host/src/model.rs", "use std::{collections::BTreeMap, fs};", &[(1, "may not name `std::fs`")]);
        expect("host/src/model.rs", "fn f() { ring::digest::digest() }", &[(1, "may not name `ring`")]);
        expect("host/src/policy.rs", "pub async fn decide() {}", &[(1, "no async here")]);
        expect("host/src/model.rs", "use std::fmt; // reads std::fs::read\nconst S: &str = \"tokio::spawn\";", &[]);
    }

    #[test]
    fn a_crate_stays_in_its_home() {
        expect("host/src/operate.rs", "fn f(e: &wasmtime::Engine) {}", &[(1, "may name `wasmtime`")]);
        expect("host/src/operate.rs", "use rusqlite;", &[(1, "may name `rusqlite`")]);
        expect("host/src/lend.rs", "extern crate axum;", &[(1, "may name `axum`")]);
        expect("host/src/main.rs", "use axum::Router;", &[(1, "may name `axum`")]);
        expect("host/src/operate.rs", "use axum_like::Router;", &[]);
    }

    #[test]
    fn a_module_without_a_layer_may_not_exist() {
        expect("host/src/helpers.rs", "", &[(1, "`helpers` has no layer")]);
        expect("host/src/api.rs", "use crate::helpers::x;", &[(1, "may not name `helpers`")]);
    }
}
