use std::fs;
use std::path::Path;
use std::process::Command;

use crate::machine::{Machine, Ran};

const PROGRAM: &str = env!("CARGO_BIN_EXE_countersign");

/// What no program can install anything without naming. `countersign-build` has these words: a test of its own says so.
const INSTALLERS: [&str; 2] = ["apt-get", "rustup"];

/// In paths of the standard library's sources, which a compiler may leave in what it builds.
const SOURCES: &[u8] = b"/toolchains/";

#[test]
fn the_program_that_opens_credentials_can_install_nothing() {
    let program = fs::read(PROGRAM).unwrap();
    for word in INSTALLERS {
        let mut places = memchr::memmem::find_iter(&program, word);
        let named = places.find(|at| !program[at + word.len()..].starts_with(SOURCES));
        assert!(named.is_none(), "{word} in {PROGRAM}");
    }
}

/// The answer of the program in a directory of its own, with nothing beside it.
fn alone(line: &[&str], path: impl AsRef<Path>) -> (i32, String) {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let program = directory.path().join("countersign");
    // A link: a copy could be open for writing in what another test starts meanwhile, and would not run.
    fs::hard_link(PROGRAM, &program).unwrap();
    let mut command = Command::new(program);
    command.args(line).env_clear().env("PATH", path.as_ref()).current_dir(directory.path());
    Ran::of(command.output().unwrap()).error()
}

#[test]
fn without_the_program_that_builds_the_commands_for_it_say_how_to_get_it() {
    for line in [&["provider", "build", "."][..], &["provider", "toolchain", "--install"]] {
        let (status, error) = alone(line, "");
        assert_eq!(status, 1, "{error}");
        let beginning = "error: countersign-build is neither beside this program nor on PATH: ";
        assert!(error.starts_with(beginning) && error.lines().count() == 1, "{error}");
        assert!(error.contains("`cargo build --bin countersign-build`"), "{error}");
    }
}

#[test]
fn the_program_that_builds_is_found_on_the_path_too() {
    let (status, error) = alone(&["provider", "build", "nowhere"], Path::new(PROGRAM).parent().unwrap());
    assert_eq!((status, error.as_str()), (1, "error: nowhere: No such file or directory (os error 2)"), "{MISSING}");
}

#[test]
fn the_program_that_builds_is_found_beside_and_answers_for_the_command() {
    let (status, error) = Machine::new().error("provider build nowhere --output json");
    assert_eq!((status, error.as_str()), (1, "error: nowhere: No such file or directory (os error 2)"), "{MISSING}");
}

const MISSING: &str = "run `make setup`: it builds countersign-build";
