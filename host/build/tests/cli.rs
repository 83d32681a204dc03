//! The program as people run it: its answers, its errors, its exit statuses.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_countersign-build");

/// Exit status, standard output and standard error.
fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(PROGRAM).args(arguments).stdin(Stdio::null()).output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code(), out, err)
}

#[test]
fn a_toolchain_is_told_in_words_and_as_a_document() {
    let (status, text, err) = run(&["toolchain"]);
    let (document_status, document, document_err) = run(&["toolchain", "--output", "json"]);
    assert_eq!((status, &err), (document_status, &document_err));
    if status == Some(0) {
        let found = text.trim_end().strip_prefix("providers are built with ").expect("a sentence");
        assert_eq!(serde_json::from_str::<Value>(&document).unwrap(), json!({ "toolchain": found }));
        assert_eq!(err, "");
    } else {
        assert_eq!((status, text.as_str(), document.as_str()), (Some(1), "", ""));
        assert!(err.starts_with("error: no Rust here can build for wasm32-unknown-unknown: "), "{err}");
    }
}

#[test]
fn what_does_not_work_is_one_line_and_each_cause_stands_there_once() {
    let expected = "error: nowhere: No such file or directory (os error 2)\n".to_owned();
    assert_eq!(run(&["build", "nowhere"]), (Some(1), String::new(), expected));

    let workspace = tempfile::tempdir().unwrap();
    fs::write(workspace.path().join("Cargo.toml"), "not\ntoml").unwrap();
    let (status, out, err) = run(&["build", workspace.path().to_str().unwrap(), "--output", "json"]);
    assert_eq!((status, out.as_str(), err.lines().count()), (Some(1), "", 1), "{err}");
    assert!(err.starts_with("error: cargo could not read the crate in "), "{err}");
}

#[test]
fn arguments_that_make_no_sense_have_an_exit_status_of_their_own() {
    for arguments in [&[][..], &["build"], &["toolchain", "--output", "yaml"], &["install"]] {
        let (status, out, err) = run(arguments);
        assert!(status == Some(2) && out.is_empty() && err.contains("--help"), "{err}");
    }
}

/// So that their absence from the daemon's program, which a test over there looks for, says something.
#[test]
fn what_installs_compilers_is_in_this_program() {
    let program = fs::read(PROGRAM).unwrap();
    for word in ["apt-get", "rustup"] {
        assert!(program.windows(word.len()).any(|window| window == word.as_bytes()), "{word}");
    }
}
