use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use crate::machine::{Machine, words};

#[track_caller]
fn expect(machine: &Machine, line: &str, status: i32, parts: &[&str]) {
    let (found, error) = machine.error(line);
    assert_eq!(found, status, "{line}: {error}");
    assert!(error.starts_with("error: "), "{line}: {error}");
    for part in parts {
        assert!(error.contains(part), "{line}: {part:?} in {error:?}");
    }
    // What the argument parser says about its own errors takes more lines.
    if status != 2 {
        assert_eq!(error.lines().count(), 1, "{line}: {error}");
        expect_said_once(line, &error);
    }
}

/// No part of an error is said again in another.
#[track_caller]
fn expect_said_once(line: &str, error: &str) {
    /// Shorter ones are names of files and fields.
    const LEAST: usize = 16;
    let parts: Vec<&str> =
        error.split(&[':', ';', '\n'][..]).map(str::trim).filter(|part| part.len() >= LEAST).collect();
    for (index, part) in parts.iter().enumerate() {
        let again = parts.iter().enumerate().find(|(other, text)| *other != index && text.contains(part));
        assert!(again.is_none(), "{line}: {part:?} is said twice in {error}");
    }
}

#[test]
fn s4_a_database_without_its_key_is_refused_by_every_command_and_the_daemon() {
    let machine = Machine::set_up();
    machine.text("policy show");
    let key = machine.data_dir().join("master.key");
    fs::remove_file(&key).unwrap();
    let named = ["there is a database but no master key at ", key.to_str().unwrap(), "put back the key"];
    for line in ["policy show", "serve --listen 127.0.0.1:0 --log-level error", "audit verify"] {
        expect(&machine, line, 1, &named);
    }
    assert!(!key.exists(), "no other key is made");
}

#[test]
fn s4_a_key_that_others_can_read_is_refused_with_what_mends_it() {
    let machine = Machine::set_up();
    machine.text("policy show");
    let key = machine.data_dir().join("master.key");
    fs::set_permissions(&key, Permissions::from_mode(0o444)).unwrap();
    let mend = format!("run `chmod 400 {}`", key.display());
    expect(&machine, "serve --listen 127.0.0.1:0 --log-level error", 1, &["(mode 0444)", &mend]);
}

#[test]
fn s4_a_named_key_that_is_missing_short_or_another_one_is_refused() {
    let machine = Machine::set_up();
    expect(&machine, "policy show --master-key-file nowhere.key", 1, &["no master key at nowhere.key", "put it there"]);
    machine.text("policy show");
    for (name, text, part) in [
        ("short.key", "ab".repeat(31), "does not hold 64 hexadecimal digits"),
        ("other.key", "ab".repeat(32), "made with another master key"),
    ] {
        fs::set_permissions(machine.write(name, &text), Permissions::from_mode(0o400)).unwrap();
        expect(&machine, &format!("policy show --master-key-file {name}"), 1, &[part]);
    }
}

#[test]
fn s3_an_edited_audit_entry_is_named_by_its_number_with_exit_status_1() {
    let machine = Machine::set_up();
    machine.text("admin token --label before-the-edit");
    machine.text("admin token --label another");
    machine.edit_database(b"before-the-edit", b"after--the-edit");
    let ran = machine.run(&words("audit verify"));
    assert_eq!((ran.status, ran.err.as_str()), (1, ""), "{ran:?}");
    assert!(ran.out.starts_with("the audit log is broken at entry 1: entry 1 is not as it was written"), "{ran:?}");
    let document = machine.run(&words("audit verify --output json"));
    let verdict: serde_json::Value = serde_json::from_str(&document.out).unwrap();
    assert_eq!((document.status, &verdict["fault"]["sequence"]), (1, &serde_json::json!(1)));
}

#[test]
fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
    let machine = Machine::set_up();
    let line = "integration add --id gh --kind github --all-projects --credential token=ghp_s3cret";
    expect(&machine, line, 2, &["--credential NAME=@FILE"]);
    assert!(!machine.error(line).1.contains("s3cret"));
}

#[test]
fn a_credential_from_a_file_or_standard_input_is_held_to_its_form_before_anything_is_sent() {
    let machine = Machine::set_up();
    machine.register_github();
    machine.write_secret("token", "short\n");
    let add = "integration add --id gh --kind github --all-projects --credential";
    expect(&machine, &format!("{add} token=@token"), 1, &["field token: ", "too short"]);
    expect(&machine, &format!("{add} tokn=@token"), 1, &["field tokn: there is no such field; the fields are: token"]);
    expect(&machine, &format!("{add} token=@nowhere"), 1, &["there is no file nowhere"]);
    let line = format!("{add} token=-");
    let (status, error) = machine.run_with_input(&words(&line), "short").error();
    assert!(status == 1 && error.contains("too short"), "{error}");
    assert_eq!(machine.json("integration list")["integrations"], serde_json::json!([]));
}

#[test]
fn s4_a_secret_that_others_can_read_is_refused_wherever_it_is_named() {
    let machine = Machine::set_up();
    machine.register_github();
    machine.text("connector add jira --generate jira.key");
    let token = machine.write_secret("token", "short\n");
    std::os::unix::fs::symlink(&token, machine.path("link")).unwrap();
    let add = "integration add --id gh --kind github --all-projects --credential token=";
    let sign = "connector sign jira --user ann --key";
    for (mode, is_refused) in [(0o440, false), (0o444, true), (0o620, true), (0o602, true)] {
        for (name, file) in [("link", &token), ("jira.key", &machine.path("jira.key"))] {
            fs::set_permissions(file, Permissions::from_mode(mode)).unwrap();
            let line = if name == "link" { format!("{add}@{name}") } else { format!("{sign} {name}") };
            let mend = format!("{name} is open to others than its owner (mode {mode:04o}): run `chmod 400 {name}`");
            let ran = machine.run(&words(&line));
            assert_eq!(ran.err.contains(&mend), is_refused, "{ran:?}");
        }
    }
    expect(&machine, &format!("{add}@/dev/null"), 1, &["/dev/null is not a regular file"]);
}

#[test]
fn refusals_of_integrations_say_what_there_is_instead() {
    let machine = Machine::set_up();
    expect(&machine, "integration add --id gh --kind github", 2, &["--project <[SITE/]KEY>|--all-projects"]);
    expect(
        &machine,
        "integration add --id gh --kind nope --all-projects",
        1,
        &["--kind: no provider is registered", "countersign provider register"],
    );
    expect(&machine, "integration set gh --branch-template feature", 2, &["${issuekey}"]);
    expect(&machine, "integration set gh --name x", 1, &["there is no integration gh", "countersign integration list"]);
    expect(&machine, "integration remove gh", 1, &["there is no integration gh"]);
    machine.register_github();
    expect(
        &machine,
        "integration add --id gh --kind nope --all-projects",
        1,
        &["--kind: no registered provider serves `nope`", "github, github-enterprise"],
    );
    expect(&machine, "integration set gh --branch-separator /", 2, &["a separator is one of `-`, `_` and `.`"]);
    expect(&machine, "integration set gh --branch-max-length 19", 2, &["has 20 to 255 bytes"]);
    expect(&machine, "integration set gh --map ABC", 2, &["PROJECT[/COMPONENT]="]);
    expect(&machine, "integration show gh", 1, &["there is no integration gh"]);
    expect(
        &machine,
        "integration add --id gh --kind github --project ABC --map ABC=base=main --map OPS=base=main",
        1,
        &["--map: the integration is not open to OPS"],
    );
    machine.text("integration add --id gh --kind github --all-projects");
    expect(&machine, "integration add --id gh --kind github --all-projects", 1, &["integration gh exists already"]);
}

#[test]
fn a_private_key_is_never_written_over_nor_left_behind_unregistered() {
    let machine = Machine::set_up();
    let kept = machine.write("kept.key", "precious");
    expect(&machine, "connector add jira --generate kept.key", 1, &["kept.key exists already", "never written over"]);
    assert_eq!(fs::read_to_string(kept).unwrap(), "precious");
    machine.text("connector add jira --generate jira.key");
    expect(&machine, "connector add jira --generate second.key", 1, &["connector jira exists already"]);
    assert!(!machine.path("second.key").exists() && machine.path("jira.key").exists());
}

#[test]
fn connectors_take_public_keys_only_and_tokens_live_five_minutes_at_most() {
    let machine = Machine::set_up();
    machine.text("connector add jira --generate jira.key");
    expect(
        &machine,
        "connector add other --public-key jira.key",
        1,
        &["jira.key: this is not PEM with a block BEGIN PUBLIC KEY"],
    );
    expect(&machine, "connector add other", 2, &["--public-key <FILE.pem>|--generate <FILE>"]);
    expect(&machine, "connector remove other", 1, &["there is no connector other"]);
    expect(&machine, "connector sign jira --key jira.key --user ann --lifetime 301", 2, &["301"]);
    expect(&machine, "connector sign jira --key nowhere --user ann", 1, &["there is no file nowhere"]);
}

#[test]
fn p7_p9_what_is_no_component_or_no_file_is_refused_at_registration() {
    let machine = Machine::set_up();
    machine.write("no.wasm", "no component");
    expect(
        &machine,
        "provider register no.wasm",
        1,
        &["no.wasm: the component was refused: ", "countersign provider build"],
    );
    expect(&machine, "provider register .", 1, &["it is not a file"]);
    expect(&machine, "provider register /dev/zero", 1, &["it is not a file"]);
    assert_eq!(machine.json("provider list"), serde_json::json!({ "providers": [] }));
}

/// Loops within each other, in the innermost of which every local is set to another one: 15 KB that take wasmtime many seconds.
fn long_to_compile(loops: usize, locals: usize) -> Vec<u8> {
    fn number(mut number: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while number >= 0x80 {
            bytes.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
        bytes
    }
    let long = |bytes: &[u8]| [&number(bytes.len())[..], bytes].concat();
    let section = |id: u8, bytes: &[u8]| [&[id][..], &long(bytes)].concat();
    let swap = |local| [&[0x20][..], &number((local + 1) % locals), &[0x21], &number(local)].concat();
    let body = [
        [&[1][..], &number(locals), &[0x7e]].concat(),
        [0x03, 0x40].repeat(loops),
        (0..locals).flat_map(swap).collect(),
        // To the beginning of the loop again, if the first of them says so.
        [0x20, 0, 0xa7, 0x0d, 0, 0x0b].repeat(loops),
        vec![0x0b],
    ]
    .concat();
    let code = section(10, &[&[1][..], &long(&body)].concat());
    let module = [&b"\0asm\x01\0\0\0"[..], &section(1, &[1, 0x60, 0, 0]), &section(3, &[1, 0]), &code].concat();
    [&b"\0asm\x0d\0\x01\0"[..], &section(1, &module)].concat()
}

#[test]
fn p11_what_takes_the_compiler_too_much_is_refused_in_a_process_of_its_own() {
    let machine = Machine::set_up();
    std::fs::write(machine.path("long.wasm"), long_to_compile(1800, 200)).unwrap();
    machine.write("time.toml", "[limits]\ncompile_s = 1");
    machine.write("memory.toml", "[limits]\ncompile_mib = 64");
    for (config, within) in [("time.toml", "1 s of computing time"), ("memory.toml", "64 MiB of memory")] {
        let begun = std::time::Instant::now();
        let line = format!("provider register long.wasm --config {config}");
        expect(&machine, &line, 1, &["long.wasm: it was not compiled within ", within, "`compile_s`"]);
        assert!(begun.elapsed() < std::time::Duration::from_secs(30), "{:?}", begun.elapsed());
    }
    assert_eq!(machine.json("provider list"), serde_json::json!({ "providers": [] }));
    // One that is refused for what it is is refused as such.
    std::fs::write(machine.path("short.wasm"), long_to_compile(2, 2)).unwrap();
    expect(&machine, "provider register short.wasm", 1, &["short.wasm: the component was refused: ", "contract"]);
}

#[test]
fn a_configuration_that_is_not_right_is_refused_with_its_place() {
    let machine = Machine::set_up();
    machine.write("c.toml", "log = \"text\"\nlisten_on = \"127.0.0.1:80\"");
    expect(
        &machine,
        "policy show --config c.toml",
        1,
        &["c.toml is not right: line 2: no setting is called `listen_on`"],
    );
    expect(&machine, "policy show --config nowhere.toml", 1, &["nowhere.toml cannot be read"]);
    expect(&machine, "policy show --public-url ftp://x", 1, &["public_url \"ftp://x\""]);
    let ran = machine.command(&["policy", "show"]).env("COUNTERSIGN_LISTEN", "nonsense").output().unwrap();
    assert_eq!(ran.status.code(), Some(2));
}

#[test]
fn no_command_makes_a_data_directory_and_each_says_what_does() {
    let machine = Machine::new();
    machine.write("no.wasm", "no component");
    let lines = [
        "audit verify",
        "audit list",
        "audit export",
        "integration list",
        "integration show gh",
        "integration coverage gh",
        "integration add --id gh --kind github --all-projects",
        "provider list",
        "provider register no.wasm",
        "policy show",
        "policy set --require-user-pat on",
        "site list",
        "connector list",
        "connector add jira --generate jira.key",
        "admin token list",
        "admin token add",
        "admin login-link",
    ];
    for line in lines {
        expect(
            &machine,
            line,
            1,
            &["there is no data directory ", "`countersign init --data-dir ", "COUNTERSIGN_DATA_DIR"],
        );
    }
    fs::create_dir(machine.path("empty")).unwrap();
    for line in lines {
        let line = format!("{line} --data-dir empty");
        expect(&machine, &line, 1, &["the directory empty has no database", "`countersign init --data-dir empty`"]);
    }
    assert!(!machine.data_dir().exists() && !machine.path("jira.key").exists());
    assert_eq!(fs::read_dir(machine.path("empty")).unwrap().count(), 0);
}

#[test]
fn a_data_directory_that_is_none_or_cannot_be_made_is_named() {
    let machine = Machine::new();
    machine.write("file", "");
    for line in ["policy show", "audit verify", "init", "serve --listen 127.0.0.1:0 --log-level error"] {
        for path in ["file", "file/data", "/etc/passwd"] {
            let words = format!("error: {path} is no directory; name the data directory with --data-dir");
            assert_eq!(machine.error(&format!("{line} --data-dir {path}")), (1, words));
        }
    }
    expect(&machine, "init --data-dir /proc/none", 1, &["the data directory /proc/none cannot be made;", "--data-dir"]);
    expect(&machine, "audit verify --data-dir /proc/none", 1, &["there is no data directory /proc/none: "]);
}
