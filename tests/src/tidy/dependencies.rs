//! What we may build on. The rules are those of `deny.toml`, read from there and applied without cargo-deny, so that
//! every test run keeps them; cargo-deny adds the advisories.

use serde_json::Value;

use super::{Source, Violation, spdx};

/// Which packages of the workspace a package of the daemon may be built on. rustc keeps what these allow, and refuses the
/// rest; here is what nobody may widen unseen. None knows the SDK or a provider, which are
/// installed and never linked, and the daemon does not know what builds one: it runs no compiler and installs nothing.
const LAYERS: &[(&str, &[&str])] = &[
    ("countersign-build", &["countersign-crypto"]),
    ("countersign-crypto", &[]),
    ("countersign-model", &[]),
    ("countersign-store", &["countersign-crypto", "countersign-model"]),
    ("countersign-sandbox", &["countersign-crypto", "countersign-model"]),
    ("countersign", &["countersign-crypto", "countersign-model", "countersign-sandbox", "countersign-store"]),
];

/// Libraries that live in one place, so that replacing one means reading one crate. The tests may use them all.
const HOMES: &[(&str, &[&str])] = &[
    ("axum", &["countersign"]),
    ("reqwest", &["countersign-sandbox"]),
    ("rusqlite", &["countersign-store"]),
    ("rustls", &["countersign-sandbox"]),
    ("tokio", &["countersign", "countersign-sandbox", "countersign-store"]),
    ("wasmtime", &["countersign-sandbox"]),
];

/// The package that tests the whole.
const TESTS: &str = "countersign-tests";
/// How every package of this repository is called.
const OURS: &str = "countersign";

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The part of `deny.toml` that is applied here.
#[derive(Debug)]
pub struct Policy {
    licences: Vec<String>,
    banned: Vec<String>,
    /// Crates of which two versions would mean two runtimes, two TLS stacks or types that do not match.
    single: Vec<String>,
}

impl Policy {
    /// # Panics
    /// Where `deny.toml` lacks a list, because an empty list of bans would always hold.
    pub fn read(deny: &Source) -> Self {
        let table: toml::Table = deny.text.parse().unwrap_or_else(|error| panic!("{}: {error}", deny.path));
        let allow = table["licenses"]["allow"].as_array().expect("licenses.allow is a list");
        let deny = table["bans"]["deny"].as_array().expect("bans.deny is a list");
        let name = |entry: &toml::Value| entry["crate"].as_str().expect("an entry of bans.deny has `crate`").to_owned();
        let (single, banned): (Vec<_>, Vec<_>) =
            deny.iter().partition(|entry| entry.get("deny-multiple-versions") == Some(&toml::Value::Boolean(true)));
        let policy = Self {
            licences: allow.iter().map(|licence| licence.as_str().expect("a licence is a string").to_owned()).collect(),
            banned: banned.into_iter().map(name).collect(),
            single: single.into_iter().map(name).collect(),
        };
        assert!(!policy.licences.is_empty() && !policy.banned.is_empty() && !policy.single.is_empty());
        policy
    }
}

/// Packages of `metadata` (`cargo metadata`, format version 1) against the policy. Places are lines of `lock`.
pub fn packages(metadata: &Value, policy: &Policy, lock: &Source) -> Vec<Violation> {
    let packages = metadata["packages"].as_array().expect("cargo metadata lists packages");
    assert!(!packages.is_empty(), "cargo metadata lists no package");
    packages
        .iter()
        .flat_map(|package| {
            let messages = [
                licence_message(package, policy),
                ban_message(package, policy),
                twin_message(package, packages, policy),
                source_message(package),
            ];
            let line = lock.line_of(&format!("name = {}", package["name"]));
            messages.into_iter().flatten().map(move |message| lock.violation(line, message))
        })
        .collect()
}

fn licence_message(package: &Value, policy: &Policy) -> Option<String> {
    let name = label(package);
    let Some(licence) = package["license"].as_str() else {
        return Some(format!("{name} names no licence: look at its files, then do without it or ask its authors"));
    };
    let obstacle = spdx::permits(licence, &policy.licences).err()?;
    Some(format!(
        "{name} has the licence {licence}, and {obstacle} is not in deny.toml: do without it, or agree on it there"
    ))
}

fn ban_message(package: &Value, policy: &Policy) -> Option<String> {
    let banned = policy.banned.iter().any(|name| package["name"] == **name);
    banned.then(|| format!("{} is banned in deny.toml: `cargo tree --invert` says who wants it", label(package)))
}

fn twin_message(package: &Value, packages: &[Value], policy: &Policy) -> Option<String> {
    let name = package["name"].as_str().filter(|name| policy.single.iter().any(|single| single == name))?;
    let versions: Vec<_> = packages.iter().filter(|other| other["name"] == name).map(label).collect();
    let reported_here = versions.len() > 1 && versions[0] == label(package);
    reported_here.then(|| format!("{} are both here, one is enough: bring them to one version", versions.join(" and ")))
}

fn source_message(package: &Value) -> Option<String> {
    let source = package["source"].as_str()?;
    (source != CRATES_IO).then(|| format!("{} comes from {source}: take it from crates.io", label(package)))
}

/// Direct dependencies of any sort that a package of the workspace may not have.
pub fn edges(metadata: &Value, manifests: &[Source]) -> Vec<Violation> {
    let packages = metadata["packages"].as_array().expect("cargo metadata lists packages");
    let ours = packages.iter().filter(|package| package["source"].is_null());
    let mut found = Vec::new();
    for package in ours {
        let from = package["name"].as_str().expect("a package has a name");
        let manifest = manifests.iter().find(|source| source.text.contains(&format!("name = \"{from}\"\n")));
        let manifest = manifest.expect("the package has a manifest");
        let dependencies = package["dependencies"].as_array().expect("cargo metadata lists dependencies");
        for dependency in dependencies {
            let to = dependency["name"].as_str().expect("a dependency has a name");
            let line = manifest.line_of(&format!("{}.", dependency["rename"].as_str().unwrap_or(to)));
            found.extend(objection(from, to).map(|why| manifest.violation(line, why)));
        }
    }
    found
}

fn objection(from: &str, to: &str) -> Option<String> {
    if let Some((_, below)) = LAYERS.iter().find(|(name, _)| *name == from)
        && to.starts_with(OURS)
        && !below.contains(&to)
    {
        return Some(format!("{from} may not depend on {to}, only on {below:?}: pass the value in, or move the code"));
    }
    let (_, homes) = HOMES.iter().find(|(name, _)| *name == to)?;
    (from != TESTS && !homes.contains(&from))
        .then(|| format!("only {homes:?} may depend on {to}: ask there for what you need"))
}

fn label(package: &Value) -> String {
    format!("{} {}", package["name"].as_str().unwrap_or("?"), package["version"].as_str().unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const DENY: &str = r#"
        [licenses]
        allow = ["MIT"]
        [bans]
        deny = [{ crate = "native-tls", reason = "rustls" }, { crate = "tokio", deny-multiple-versions = true }]
    "#;

    fn messages(packages_json: Value) -> Vec<(usize, String)> {
        let lock = Source::new("Cargo.lock", "[[package]]\nname = \"first\"\n\n[[package]]\nname = \"tokio\"\n");
        let policy = Policy::read(&Source::new("deny.toml", DENY));
        let found = packages(&json!({ "packages": packages_json }), &policy, &lock);
        found.into_iter().map(|violation| (violation.line, violation.message)).collect()
    }

    fn package(name: &str, version: &str, licence: Option<&str>, source: Option<&str>) -> Value {
        json!({ "name": name, "version": version, "license": licence, "source": source })
    }

    #[test]
    fn packages_within_the_policy_pass() {
        let packages = json!([
            package("first", "1.0.0", Some("MIT"), Some(CRATES_IO)),
            package("first", "2.0.0", Some("MIT OR GPL-3.0"), Some(CRATES_IO)),
            package("tokio", "1.0.0", Some("MIT"), None),
        ]);
        assert_eq!(messages(packages), []);
    }

    #[test]
    fn each_broken_rule_names_the_package_and_the_line_of_the_lock_file() {
        let cases = [
            (package("tokio", "1.0.0", Some("GPL-3.0"), None), "GPL-3.0 is not in deny.toml"),
            (package("tokio", "1.0.0", None, None), "names no licence"),
            (package("tokio", "1.0.0", Some("MIT"), Some("git+https://forge.example/tokio")), "take it from crates.io"),
        ];
        for (package, part) in cases {
            let found = messages(json!([package]));
            assert!(found.len() == 1 && found[0].0 == 5 && found[0].1.contains(part), "{part}: {found:?}");
        }
        let found = messages(json!([package("native-tls", "0.2.0", Some("MIT"), None)]));
        assert!(found[0].1.contains("native-tls 0.2.0 is banned"), "{found:?}");
    }

    #[test]
    fn two_versions_of_a_main_crate_are_reported_once() {
        let packages =
            json!([package("tokio", "1.0.0", Some("MIT"), None), package("tokio", "2.0.0", Some("MIT"), None)]);
        let found = messages(packages);
        assert!(found.len() == 1 && found[0].1.contains("tokio 1.0.0 and tokio 2.0.0"), "{found:?}");
    }

    #[test]
    fn a_package_is_caught_reaching_up_or_for_a_library_that_lives_elsewhere() {
        let manifest = Source::new(
            "host/store/Cargo.toml",
            "[package]\nname = \"countersign-store\"\n\ncountersign-sdk.workspace = true\nsandbox.workspace = true\n",
        );
        let depending_on = |name: &str, rename: Option<&str>| {
            let dependencies = json!([{ "name": "rusqlite" }, { "name": name, "rename": rename }]);
            let package = json!({ "name": "countersign-store", "dependencies": dependencies });
            edges(&json!({ "packages": [package] }), std::slice::from_ref(&manifest))
        };
        assert_eq!(depending_on("countersign-sdk", None)[0].line, 4);
        assert_eq!(depending_on("countersign-sandbox", Some("sandbox"))[0].line, 5);
        assert!(depending_on("countersign-provider-forge", None)[0].message.contains("may not depend on"));
        assert!(depending_on("wasmtime", None)[0].message.contains("only [\"countersign-sandbox\"]"));
        for fine in [("countersign-model", Some("model")), ("serde", None), ("tokio", None)] {
            assert_eq!(depending_on(fine.0, fine.1), []);
        }
        assert_eq!(objection("countersign-tests", "wasmtime"), None);
    }
}
