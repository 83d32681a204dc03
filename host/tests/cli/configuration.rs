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
const VALUES: [(&str, &str, Option<&str>); 10] = [
    ("listen", "127.0.0.1:0", Some("nonsense")),
    ("public_url", "https://other.example", None),
    ("data_dir", "other", None),
    ("master_key_file", "other.key", None),
    ("log", "json", Some("xml")),
    ("log_level", "debug", Some("loud")),
    ("daemon_proxy", "http://proxy.test:3128", None),
    ("proxy_credentials_file", "proxies", None),
    ("client_certificates_dir", "shown", None),
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

fn checked<'a>(document: &'a Value, name: &str) -> Option<&'a Value> {
    document["checks"].as_array().unwrap().iter().find(|check| check["check"] == name)
}

#[test]
fn a_check_reads_the_file_of_proxy_credentials_as_the_daemon_does_and_shows_none() {
    let machine = Machine::set_up();
    let proxy = "--listen 127.0.0.1:0 --daemon-proxy http://own.test:3128";
    let outcome = |name: &str| {
        let document = check(&machine, &format!("{proxy} --proxy-credentials-file {name}"), &[]);
        let row = checked(&document, "proxy_credentials").unwrap();
        (row["ok"] == true, row["detail"].as_str().unwrap().to_owned())
    };
    let text = "ann:s3cret\nhttp://other.test:3128 bob:s3cret";
    machine.write_secret("right", text);
    let expected = "the file has a user name and a password for http://other.test:3128, http://own.test:3128";
    assert_eq!(outcome("right"), (true, expected.to_owned()));
    machine.write("open", text);
    machine.write_secret("twice", "ann:s3cret\nbob:s3cret");
    machine.write_secret("address", "http://bob:s3cret@127.0.0.1:3128");
    let latin = machine.write_secret("latin", "");
    std::fs::write(latin, b"ann:s\xe9cret").unwrap();
    for (name, part) in [
        ("missing", "there is no file missing"),
        (".", "is not a regular file"),
        ("open", "is open to others than its owner (mode 0644)"),
        ("twice", "line 2 is for the same proxy as line 1"),
        ("address", "line 1 is neither `user:password`"),
        ("latin", "cannot be read: stream did not contain valid UTF-8"),
    ] {
        let (is_well, detail) = outcome(name);
        assert!(
            !is_well && detail.contains(part) && !detail.contains("cret@") && !detail.contains("s3cret"),
            "{detail}"
        );
        let (status, error) =
            machine.error(&format!("serve {proxy} --log-level error --proxy-credentials-file {name}"));
        assert!(status == 1 && error.ends_with(&detail), "{error}\n{detail}");
    }
    assert!(checked(&check(&machine, proxy, &[]), "proxy_credentials").is_none(), "where there is no such file");
}

#[test]
fn a_check_reads_the_directory_of_client_certificates_as_the_daemon_does() {
    let machine = Machine::set_up();
    let directory = |name: &str| {
        let path = machine.path(name);
        std::fs::create_dir(&path).unwrap();
        path.display().to_string()
    };
    let made = |file: String| {
        let mut openssl = std::process::Command::new("openssl");
        openssl.args(words("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=us"));
        openssl.arg("-keyout").arg(machine.path("made.key")).arg("-out").arg(machine.path("made.crt"));
        assert!(openssl.output().unwrap().status.success());
        let read = |name| std::fs::read_to_string(machine.path(name)).unwrap();
        machine.write_secret(&file, &format!("{}{}", read("made.crt"), read("made.key")))
    };
    let outcome = |directory: &str| {
        let options = format!("--listen 127.0.0.1:0 --client-certificates-dir {directory}");
        let document = check(&machine, &options, &[]);
        let row = checked(&document, "client_certificates").unwrap();
        let (is_well, detail) = (row["ok"] == true, row["detail"].as_str().unwrap().to_owned());
        if !is_well {
            let (status, error) = machine.error(&format!("serve {options} --log-level error"));
            assert!(status == 1 && error.ends_with(&detail), "{error}\n{detail}");
        }
        (is_well, detail)
    };
    let right = directory("right");
    assert_eq!(outcome(&right), (true, "the directory is empty".to_owned()));
    made(format!("{right}/git.example.com.pem"));
    made(format!("{right}/Git.example.com:8443.pem"));
    std::fs::create_dir(format!("{right}/..2026_11_28")).unwrap();
    let expected = "there is a certificate, and its key, for git.example.com:443, git.example.com:8443";
    assert_eq!(outcome(&right), (true, expected.to_owned()));
    for (name, file, part) in [
        ("ending", "git.example.com.crt", "is not called after a host: as in git.example.com.pem"),
        ("wild", "*.example.com.pem", "is not called after a host"),
        ("open", "git.example.com.pem", "is open to others than its owner (mode 0644)"),
        ("empty", "git.example.com.pem", "cannot be used: there is no certificate in it"),
    ] {
        let path = format!("{}/{file}", directory(name));
        match name {
            "empty" => drop(machine.write_secret(&path, "")),
            "open" => drop(machine.write(&path, "")),
            _ => drop(made(path)),
        }
        let (is_well, detail) = outcome(&machine.path(name).display().to_string());
        assert!(!is_well && detail.contains(part) && detail.contains(file), "{detail}");
    }
    let (is_well, detail) = outcome("nowhere");
    assert!(!is_well && detail.starts_with("the directory of client certificates nowhere cannot be read"), "{detail}");
    assert!(checked(&check(&machine, "--listen 127.0.0.1:0", &[]), "client_certificates").is_none());
}

#[test]
fn every_command_that_reads_the_configuration_tells_of_a_misspelt_variable_once_beside_its_answer() {
    let machine = Machine::set_up();
    machine.text("connector add jira --generate jira.key");
    let lines =
        ["policy show", "init", "audit verify", "connector sign jira --key jira.key --user ann", "admin token list"];
    for line in lines {
        let mut command = machine.command(&words(&format!("{line} --output json")));
        let ran = Ran::of(command.env("COUNTERSIGN_DATADIR", "x").output().unwrap());
        let warning = "warning: COUNTERSIGN_DATADIR in the environment: no setting is called so, ";
        assert!(ran.status == 0 && ran.err.starts_with(warning) && ran.err.lines().count() == 1, "{line}: {ran:?}");
        serde_json::from_str::<Value>(&ran.out).unwrap();
    }
}

#[test]
fn a_name_of_before_is_read_and_told() {
    let machine = Machine::set_up();
    let file = machine.write("c.toml", "proxy = \"http://file.test:3128\"");
    let ran = machine.run(&words(&format!("policy show --config {}", file.display())));
    let warning = "warning: `proxy` in the file is called `daemon_proxy` now\n";
    assert_eq!((ran.status, ran.err.as_str()), (0, warning));
    let of_before = [("COUNTERSIGN_PROXY", "http://before.test:3128")];
    let document = check(&machine, "--listen 127.0.0.1:0", &of_before);
    assert_eq!(document["settings"]["daemon_proxy"]["from"], "environment COUNTERSIGN_PROXY");
    let told = checked(&document, "names").unwrap()["detail"].as_str().unwrap();
    assert_eq!(told, "COUNTERSIGN_PROXY in the environment is called COUNTERSIGN_DAEMON_PROXY now");
}

#[test]
fn what_needs_no_configuration_works_whatever_is_wrong_with_it() {
    let machine = Machine::new();
    for (name, value) in [
        ("COUNTERSIGN_LOG_LEVEL", "verbose"),
        ("COUNTERSIGN_DATA_DIR", ""),
        ("COUNTERSIGN_CONFIG", ""),
        ("COUNTERSIGN_CONFIG", "/none"),
    ] {
        for line in ["version", "--version", "--help", "version --help", "serve --help", "help configuration", "help"] {
            let ran = Ran::of(machine.command(&words(line)).env(name, value).output().unwrap());
            assert!(ran.status == 0 && ran.err.is_empty() && !ran.out.is_empty(), "{name}={value} {line}: {ran:?}");
        }
        let refused = Ran::of(machine.command(&words("policy show")).env(name, value).output().unwrap()).error();
        assert_ne!(refused.0, 0);
        assert!(refused.1.contains(if value == "/none" { value } else { name }), "{refused:?}");
    }
    let ran = Ran::of(machine.command(&words("policy show")).env("COUNTERSIGN_CONFIG", "").output().unwrap());
    assert_eq!(ran.error(), (2, "error: COUNTERSIGN_CONFIG in the environment cannot be used: it is empty".to_owned()));
}

#[test]
fn an_empty_value_in_the_file_is_refused_as_it_is_in_the_environment_and_nothing_is_made() {
    let machine = Machine::new();
    let file = machine.write("c.toml", "log = \"json\"\ndata_dir = \"\"");
    let mut command = machine.command(&words(&format!("serve --listen 127.0.0.1:0 --config {}", file.display())));
    let (status, error) = Ran::of(command.env_remove("COUNTERSIGN_DATA_DIR").output().unwrap()).error();
    assert!(
        status == 1 && error.ends_with("c.toml is not right: line 2: `data_dir` cannot be used: it is empty"),
        "{error}"
    );
    assert_eq!(std::fs::read_dir(machine.path(".")).unwrap().count(), 1);
}
