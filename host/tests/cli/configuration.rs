use std::net::TcpListener;

use serde_json::{Value, json};

use crate::machine::{Machine, Ran, words};

fn check(machine: &Machine, arguments: &str, environment: &[(&str, &str)]) -> Value {
    let line = format!("config check --output json {arguments}");
    let output = machine.command(&words(&line)).envs(environment.iter().copied()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn flags_outweigh_the_environment_which_outweighs_the_file() {
    let machine = Machine::set_up();
    let file =
        machine.write("c.toml", "public_url = \"https://file.example\"\nlog = \"json\"\nlisten = \"127.0.0.1:1\"");
    let environment =
        [("COUNTERSIGN_PUBLIC_URL", "https://environment.example"), ("COUNTERSIGN_LISTEN", "127.0.0.1:2")];
    let from_file = format!("--config {}", file.display());
    let settings = check(&machine, &format!("{from_file} --listen 127.0.0.1:0"), &environment)["settings"].clone();
    let expected = [
        ("listen", "127.0.0.1:0", "flag --listen".to_owned()),
        ("public_url", "https://environment.example", "environment COUNTERSIGN_PUBLIC_URL".to_owned()),
        ("log", "json", format!("file {}", file.display())),
        ("log_level", "info", "default".to_owned()),
    ];
    for (name, value, from) in expected {
        assert_eq!(settings[name], json!({ "value": value, "from": from }), "{name}");
    }
}

#[test]
fn the_file_may_be_named_by_the_environment() {
    let machine = Machine::set_up();
    let file = machine.write("c.toml", "public_url = \"https://file.example/\"");
    let settings = check(&machine, "", &[("COUNTERSIGN_CONFIG", file.to_str().unwrap())])["settings"].clone();
    assert_eq!(settings["public_url"]["value"], "https://file.example");
}

#[test]
fn a_check_leaves_nothing_behind_and_says_what_the_first_start_will_make() {
    let machine = Machine::new();
    let checks = check(&machine, "--listen 127.0.0.1:0", &[])["checks"].clone();
    assert_eq!((&checks[0]["check"], &checks[0]["ok"]), (&json!("data"), &json!(true)));
    assert!(checks[0]["detail"].as_str().unwrap().starts_with("the first start makes a key and a database in "));
    assert_eq!((&checks[1]["check"], &checks[1]["ok"]), (&json!("listen"), &json!(true)));
    assert!(!machine.data_dir().exists());
}

#[test]
fn a_check_tries_key_database_and_address_and_shows_no_key() {
    let machine = Machine::set_up();
    machine.text("policy show");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let ran: Ran = machine.run(&words(&format!("config check --listen {}", taken.local_addr().unwrap())));
    assert_eq!((ran.status, ran.err.as_str()), (1, ""), "{ran:?}");
    let line = |beginning: &str| ran.out.lines().find(|line| line.starts_with(beginning)).unwrap().to_owned();
    assert!(line("data    ok ").contains("which can be written"), "{}", ran.out);
    assert!(line("listen  failed").contains("cannot be listened on"), "{}", ran.out);
    let key = std::fs::read_to_string(machine.data_dir().join("master.key")).unwrap();
    assert!(!ran.out.contains(key.trim_end()));
}
