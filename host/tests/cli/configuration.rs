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

/// What each setting is set to, in a way that changes nothing else, and another value that is none.
const VALUES: [(&str, &str, Option<&str>); 9] = [
    ("listen", "127.0.0.1:0", Some("nonsense")),
    ("public_url", "https://other.example", None),
    ("data_dir", "other", None),
    ("master_key_file", "other.key", None),
    ("log", "json", Some("xml")),
    ("log_level", "debug", Some("loud")),
    ("daemon_proxy", "http://proxy.test:3128", None),
    ("proxy_credentials_file", "proxies", None),
    ("clock_leeway", "7", Some("soon")),
];

#[test]
fn every_setting_has_one_name_as_a_flag_in_the_environment_and_in_the_file() {
    let machine = Machine::new();
    let shown = check(&machine, "", &[])["settings"].clone();
    assert_eq!(shown.as_object().unwrap().len(), VALUES.len());
    for (name, value, wrong) in VALUES {
        let (flag, variable) =
            (format!("--{}", name.replace('_', "-")), format!("COUNTERSIGN_{}", name.to_uppercase()));
        let text = if name == "clock_leeway" { value.to_owned() } else { format!("{value:?}") };
        let file = machine.write("one.toml", &format!("{name} = {text}"));
        let run = |arguments: String, environment: &[(&str, &str)]| {
            let line = format!("config check --output json {arguments}");
            let mut command = machine.command(&words(&line));
            if name == "data_dir" {
                command.env_remove("COUNTERSIGN_DATA_DIR");
            }
            command.envs(environment.iter().copied()).output().unwrap()
        };
        for (arguments, environment, from) in [
            (format!("{flag} {value}"), vec![], format!("flag {flag}")),
            (String::new(), vec![(&*variable, value)], format!("environment {variable}")),
            (format!("--config {}", file.display()), vec![], format!("file {}", file.display())),
        ] {
            let output = run(arguments, &environment);
            let checked: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
            let setting = &checked["settings"][name];
            assert_eq!(setting["from"], json!(from), "{name}: {checked}");
            assert_eq!(setting["value"].to_string().trim_matches('"'), value, "{name}");
            assert!(checked["checks"].as_array().unwrap().iter().all(|check| check["check"] != "names"), "{checked}");
        }
        let Some(wrong) = wrong else { continue };
        let refused = run(String::new(), &[(&variable, wrong)]);
        let error = String::from_utf8(refused.stderr).unwrap();
        let beginning = format!("error: {variable} in the environment cannot be used: ");
        assert!(refused.status.code() == Some(2) && error.starts_with(&beginning), "{error}");
        let outweighed = run(format!("{flag} {value}"), &[(&variable, wrong)]);
        assert!(outweighed.stderr.is_empty(), "{outweighed:?}");
    }
}

#[test]
fn a_variable_that_means_nothing_is_told_and_keeps_nobody_from_starting() {
    let machine = Machine::set_up();
    for name in ["COUNTERSIGN_DATADIR", "COUNTERSIGN_PROXIES", "COUNTERSIGN_LISTEN_ON"] {
        let checked = check(&machine, "--listen 127.0.0.1:0", &[(name, "x")]);
        let last = checked["checks"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["check"], &last["ok"]), (&json!("names"), &json!(true)));
        assert!(last["detail"].as_str().unwrap().starts_with(&format!("{name} in the environment: ")), "{last}");
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
