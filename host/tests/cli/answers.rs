use std::time::{SystemTime, UNIX_EPOCH};

use countersign::token;
use model::{PublicKey, Timestamp};
use serde_json::{Value, json};

use crate::machine::{Machine, Ran, mode, words};

/// Takes out what differs from run to run.
fn without(mut value: Value, names: &[&str]) -> Value {
    let members = value.as_object_mut().unwrap();
    for name in names {
        assert!(members.remove(*name).is_some(), "{name} is a member");
    }
    value
}

#[test]
fn an_admin_token_is_printed_alone_and_once() {
    let machine = Machine::set_up();
    let token = machine.text("admin token");
    let secret = token.strip_prefix("csa_").expect("it begins with csa_");
    let is_base64url = |char: char| char.is_ascii_alphanumeric() || "-_".contains(char);
    assert!(secret.len() == 43 && secret.chars().all(is_base64url), "{token}");

    let named = machine.json("admin token --label ann");
    let shown = without(named.clone(), &["token", "created_at"]);
    assert_eq!(shown, json!({ "label": "ann", "path_id": "~YW5u", "expires_at": null }));
    assert_ne!(named["token"], token);
    for file in ["countersign.db", "countersign.db-wal"] {
        let bytes = std::fs::read(machine.data_dir().join(file)).unwrap_or_default();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "only its hash is kept");
    }
}

#[test]
fn init_makes_what_is_missing_closed_to_others_and_says_what() {
    let machine = Machine::new();
    let made = machine.json("init");
    assert_eq!(made["made"], json!(["data-directory", "master-key", "database"]));
    assert_eq!(mode(&machine.data_dir()), 0o700);
    assert_eq!(mode(&machine.data_dir().join("master.key")), 0o400);
    assert_eq!(mode(&machine.data_dir().join("countersign.db")), 0o600);
    let again = machine.json("init");
    assert_eq!((&again["made"], &again["key_id"]), (&json!([]), &made["key_id"]));
    assert!(machine.text("init").starts_with("nothing had to be made: the key "));
    let other = machine.text("init --data-dir other --master-key-file data/master.key");
    assert!(other.starts_with("made the data directory other, the database other/countersign.db"), "{other}");
    assert!(!machine.path("other/master.key").exists());
}

#[test]
fn a_connector_is_added_listed_and_removed() {
    let machine = Machine::set_up();
    let added =
        machine.json("connector add jira --name Jira --generate jira.key --return-origin https://jira.example.com/");
    assert_eq!(
        without(added.clone(), &["public_key", "created_at", "last_used_at", "revision"]),
        json!({
            "id": "jira",
            "site": "default",
            "name": "Jira",
            "return_origins": ["https://jira.example.com"],
        })
    );
    assert_eq!(mode(&machine.path("jira.key")), 0o600);
    assert_eq!(machine.json("connector list"), json!({ "connectors": [added.clone()] }));

    machine.write("jira.pem", added["public_key"].as_str().unwrap());
    assert_eq!(machine.text("connector remove jira"), "removed connector jira");
    assert_eq!(machine.text("connector add again --public-key jira.pem"), "added connector again of site default");
    let again = &machine.json("connector list")["connectors"][0];
    assert_eq!(
        (&again["id"], &again["name"], &again["public_key"]),
        (&json!("again"), &json!("again"), &added["public_key"])
    );
    let table = machine.text("connector list");
    assert!(
        table.starts_with(
            "ID     SITE     NAME   KEY      RETURN ORIGINS  ADDED                     USED\nagain  default  again  Ed25519  -               "
        ),
        "{table}"
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the program under test goes by the machine's clock")]
fn a_connector_signs_a_token_that_verifies_with_its_registered_key() {
    let machine = Machine::set_up();
    let added = machine.json("connector add jira --generate jira.key");
    let key: PublicKey = token::public_key_from_pem(added["public_key"].as_str().unwrap()).unwrap();
    let signed =
        machine.text("connector sign jira --key jira.key --user ann --project ABC --project XYZ --lifetime 300");
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = Timestamp::from_unix_seconds(since_1970.as_secs());

    let expected = |audience| token::Expected { audience, now, leeway: token::ClockLeeway::default() };
    let verified = |audience| token::issuer(&signed).unwrap().verify(&key, expected(audience));
    let claims = verified("http://127.0.0.1:8080").unwrap();
    assert_eq!((claims.connector.as_str(), claims.user.as_str()), ("jira", "ann"));
    assert_eq!(claims.projects.iter().map(|project| project.as_str()).collect::<Vec<_>>(), ["ABC", "XYZ"]);
    assert!(verified("https://other.example.com").is_err());

    let document = machine.json("connector sign jira --key jira.key --user ann --audience https://a.example");
    assert_eq!(without(document, &["token"]), json!({ "audience": "https://a.example", "lifetime_s": 60 }));
}

#[test]
fn the_global_rule_is_shown_and_set() {
    let machine = Machine::set_up();
    let whole = |on: bool, from: Option<&str>, enforced: bool, revision: i64| {
        json!({
            "require_user_pat": on,
            "require_user_pat_from": from,
            "enforce_git_permissions": enforced,
            "revision": revision,
            "integrations_without_user_pats": [],
        })
    };
    let rule = |on, revision| whole(on, None, false, revision);
    assert_eq!(machine.json("policy show"), rule(false, 0));
    assert!(machine.text("policy set --require-user-pat on").starts_with("require-user-pat is on: "));
    assert_eq!(machine.json("policy show"), rule(true, 1));
    assert_eq!(machine.json("policy set --require-user-pat off"), rule(false, 2));
    let both = "policy set --require-user-pat on --enforce-git-permissions on --require-user-pat-from 2027-01-31";
    assert_eq!(machine.json(both), whole(true, Some("2027-01-31T00:00:00.000Z"), true, 3));
    let told = machine.text("policy show");
    assert!(
        told.contains("enforce-git-permissions is on") && told.contains("from 2027-01-31T00:00:00.000Z on"),
        "{told}"
    );
    let (status, refused) = machine.error("policy set --require-user-pat off");
    assert_eq!(status, 1);
    assert!(refused.contains("--enforce-git-permissions: ") && refused.contains("Require User PAT"), "{refused}");
    assert_eq!(machine.json("policy set --require-user-pat-from="), whole(true, None, true, 4));
    assert_eq!(machine.error("policy set").0, 2);
}

#[test]
fn a_provider_is_registered_and_listed() {
    let machine = Machine::set_up();
    machine.register_github();
    let providers = machine.json("provider list");
    let provider = providers["providers"][0].clone();
    assert_eq!((&provider["id"], &provider["label"]), (&json!("github"), &json!("GitHub")));
    let kinds: Vec<_> = provider["kinds"].as_array().unwrap().iter().map(|kind| &kind["label"]).collect();
    assert_eq!(kinds, ["GitHub", "GitHub Enterprise Server"]);
    assert_eq!(provider["kinds"][0]["credential"][0]["input"], "secret");
    assert!(machine.text("provider list").starts_with("ID      VERSION  KINDS"), "a table");
}

#[test]
fn an_integration_is_added_with_its_origins_shown_changed_and_removed() {
    let machine = Machine::set_up();
    machine.register_github();
    let text = machine.text("integration add --id gh --kind github --project ABC");
    assert_eq!(
        text,
        "added integration gh: it may reach https://api.github.com and nothing else; it has no account of its own; \
         a PAT of the user is not required; it is open to ABC"
    );
    let line = "integration set gh --require-user-pat on --all-projects --connect-to api.github.com:443=127.0.0.1:1 --allow-private";
    let changed = machine.json(line);
    assert_eq!((&changed["require_user_pat"], &changed["projects"]), (&json!(true), &Value::Null));
    let network = json!({
        "allow_private": true,
        "allow_http": false,
        "ca_pem": null,
        "connect_to": { "api.github.com:443": "127.0.0.1:1" },
        "proxy": null,
    });
    assert_eq!(changed["network"], network);
    let kept = machine.json("integration set gh --connect-to api.github.com:443= --name Hub");
    assert_eq!((&kept["network"]["connect_to"], &kept["require_user_pat"]), (&json!({}), &json!(true)));
    let kept = without(kept, &["set_aside"]);
    assert_eq!(machine.json("integration list"), json!({ "integrations": [kept] }));
    let table = machine.text("integration list");
    assert!(
        table.lines().nth(1).unwrap().starts_with(
            "gh  Hub   github  required  -        all projects  https://api.github.com (at private addresses too)"
        ),
        "{table}"
    );
    assert_eq!(machine.text("integration remove gh"), "removed integration gh and every PAT saved for it");
    assert_eq!(machine.json("integration list"), json!({ "integrations": [] }));
}

#[test]
fn branch_names_and_mappings_are_set_shown_and_taken_away() {
    let machine = Machine::set_up();
    machine.register_github();
    let added = machine.json("integration add --id gh --kind github --project ABC --map ABC=repository=acme/web");
    let mapping = |component: Value, base: Value, template: Value| json!({ "project": "ABC", "component": component, "repository": "acme/web", "base": base, "branch_template": template });
    let whole = mapping(Value::Null, Value::Null, Value::Null);
    assert_eq!((&added["branch_separator"], &added["mappings"]), (&json!("-"), &json!([whole])));

    let map = "ABC/Front end=repository=acme/web,base=main,template=${issuetype:Bug=fix,default=task}/${issuekey}";
    let set = ["integration", "set", "gh", "--branch-separator", "_", "--branch-max-length", "40", "--map", map];
    let ran = machine.run(&set);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    let template = "${issuetype:Bug=fix,default=task}/${issuekey}";
    let shown = machine.json("integration show gh");
    assert_eq!(shown["mappings"], json!([whole, mapping(json!("Front end"), json!("main"), json!(template))]));
    assert_eq!((&shown["branch_separator"], &shown["branch_max_length"]), (&json!("_"), &json!(40)));
    let text = machine.text("integration show gh");
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("gh: it may reach https://api.github.com and nothing else;"), "{text}");
    assert_eq!(
        lines[1..],
        [
            "branch names: by default, with `_` between words, at most 40 bytes",
            "PROJECT  COMPONENT  REPOSITORY  BASE  TEMPLATE",
            "ABC      -          acme/web    -     -",
            &format!("ABC      Front end  acme/web    main  {template}"),
        ]
    );

    let ran = machine.run(&["integration", "set", "gh", "--branch-max-length", "", "--map", "ABC/Front end="]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    let kept = machine.json("integration set gh --branch-separator - --branch-template x/${issuekey}");
    assert_eq!((&kept["branch_max_length"], &kept["mappings"]), (&Value::Null, &json!([whole])));
    let text = machine.text("integration show gh");
    assert!(
        text.contains("branch names: x/${issuekey}, with `-` between words, as long as the git server takes"),
        "{text}"
    );
}

#[test]
fn the_audit_log_says_who_did_what_and_is_verified() {
    let machine = Machine::set_up();
    machine.text("policy set --require-user-pat on");
    machine.text("admin token --label ann");
    let newest = machine.json("audit list --limit 1");
    let entry = without(newest["entries"][0].clone(), &["at", "request_id"]);
    assert_eq!(
        entry,
        json!({
            "sequence": 2,
            "event": "changed",
            "subject": "admin-token.add",
            "actor": { "kind": "command-line" },
            "integration": null,
            "refers_to": null,
            "details": { "label": "ann", "expires_at": null },
        })
    );
    assert_eq!(machine.json("audit verify"), json!({ "entries": 2, "intact": true, "fault": null }));
    let table = machine.text("audit list");
    assert!(
        table.lines().nth(2).unwrap().contains("policy.set  ") && table.contains("require_user_pat false -> true"),
        "{table}"
    );
}

#[test]
fn a_toolchain_and_a_build_need_no_configuration() {
    let machine = Machine::new();
    let mut command = machine.command(&words("provider toolchain --config /nonexistent --output json"));
    command.env("PATH", std::env::var_os("PATH").unwrap());
    if let Some(home) = std::env::var_os("HOME") {
        command.env("HOME", home);
    }
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    if output.status.success() {
        assert!(serde_json::from_str::<Value>(&out).unwrap()["toolchain"].is_string(), "{out}");
    } else {
        assert!(err.starts_with("error: no Rust here can build for wasm32-unknown-unknown"), "{err}");
    }
    let (status, error) = machine.error("provider build nowhere");
    assert!(status == 1 && error.starts_with("error: nowhere: "), "{error}");
    assert!(!machine.data_dir().exists(), "nothing was made");
}

#[test]
fn rules_dates_and_what_is_switched_off_are_said_of_an_integration() {
    let machine = Machine::set_up();
    machine.register_github();
    let line = "integration add --id gh --kind github --project ABC --require-user-pat --require-user-pat-from 2027-01-31 \
                --enforce-git-permissions --create-branches off";
    let text = machine.text(line);
    assert!(
        text.ends_with(
            "a PAT of the user is required, for looking too (from 2027-01-31T00:00:00.000Z on); it is open to ABC; switched off: \
             creating branches"
        ),
        "{text}"
    );
    let shown = machine.json("integration show gh");
    assert_eq!(shown["require_user_pat_from"], "2027-01-31T00:00:00.000Z");
    assert_eq!((&shown["enforce_git_permissions"], &shown["create_branches"]), (&json!(true), &json!(false)));
    assert_eq!((&shown["delete_branches"], &shown["create_pull_requests"]), (&json!(true), &json!(true)));
    let (status, refused) = machine.error("integration set gh --require-user-pat off");
    assert!(status == 1 && refused.contains("--enforce-git-permissions: "), "{refused}");
    let tried = machine.text("integration set gh --create-branches on --dry-run");
    assert!(tried.contains("of 0 users seen within 90 days, 0 could create nothing"), "{tried}");
    let tried = machine.text("policy set --require-user-pat on --dry-run");
    assert!(tried.starts_with("nothing is changed; it would be: require-user-pat is on"), "{tried}");
    let tried = machine.text("policy set --require-user-pat on --dry-run --seen-within 365d");
    assert!(tried.contains("of 0 users seen within 365 days, 0 could create nothing"), "{tried}");
    assert_eq!(machine.json("policy show")["require_user_pat"], false);
    let (status, refused) = machine.error("policy set --require-user-pat on --seen-within 365d");
    assert!(status == 2 && refused.contains("--dry-run"), "{refused}");
    let (status, refused) = machine.error("integration set gh --require-user-pat-from soon");
    assert!(status == 2 && refused.contains("2027-01-31"), "{refused}");
}

#[test]
fn coverage_is_a_table_a_document_and_a_spreadsheet() {
    let machine = Machine::set_up();
    machine.register_github();
    machine.text("integration add --id gh --kind github --all-projects");
    let text = machine.text("integration coverage gh --seen-within 30d");
    assert!(
        text.starts_with("gh: 0 seen within 30 days, 0 never used, 0 would be blocked\nINTEGRATION  SITE"),
        "{text}"
    );
    let document = machine.json("integration coverage --seen-within 365d");
    assert_eq!((&document["seen_within_days"], &document["users"]), (&json!(365), &json!(0)));
    assert_eq!(document["integrations"][0]["totals"]["by_state"]["missing"], 0);
    let sheet = machine.text("integration coverage gh --csv");
    assert_eq!(sheet.lines().count(), 1);
    assert!(sheet.starts_with("integration,site,jira_user,"), "{sheet}");
    assert_eq!(machine.error("integration coverage gh --seen-within 400d").0, 2);
    let (status, refused) = machine.error("integration coverage none");
    assert!(status == 1 && refused.contains("there is no integration none"), "{refused}");
}

#[test]
fn the_audit_log_is_searched_and_exported() {
    let machine = Machine::set_up();
    machine.text("policy set --require-user-pat on");
    machine.text("site add cloud");
    machine.text("policy set --require-user-pat off");
    let subjects = |line: &str| -> Vec<String> {
        let entries = machine.json(line)["entries"].take();
        entries.as_array().unwrap().iter().map(|entry| entry["subject"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(subjects("audit list --subject policy.set"), ["policy.set", "policy.set"]);
    assert_eq!(subjects("audit list --subject policy.set --before 3"), ["policy.set"]);
    assert_eq!(subjects("audit list --event changed --limit 2"), ["policy.set", "site.add"]);
    assert_eq!(subjects("audit list --user cloud/ann"), [""; 0]);
    assert_eq!(subjects("audit list --until 2020-01-01"), [""; 0]);
    assert_eq!(machine.error("audit list --event done").0, 2);
    let lines = machine.text("audit export --subject site.add");
    let entry: Value = serde_json::from_str(&lines).unwrap();
    assert_eq!((&entry["subject"], &entry["actor"]["kind"]), (&json!("site.add"), &json!("command-line")));
    let sheet = machine.text("audit export --form csv");
    assert!(sheet.starts_with("sequence,at,event,subject,by,") && sheet.lines().count() == 4, "{sheet}");
}

#[test]
fn a_proxy_is_named_refused_with_a_secret_in_it_and_taken_away() {
    let machine = Machine::set_up();
    machine.register_github();
    machine.text("integration add --id gh --kind github --all-projects");
    let proxied = machine.json("integration set gh --proxy http://proxy.example.com:3128");
    assert_eq!(proxied["network"]["proxy"], "http://proxy.example.com:3128");
    let list = machine.text("integration list");
    assert!(list.contains("https://api.github.com (through the proxy http://proxy.example.com:3128)"), "{list}");
    let (status, refused) = machine.error("integration set gh --proxy http://ann:secret@proxy.example.com");
    assert!(status == 1 && refused.contains("--proxy: ") && !refused.contains("secret"), "{refused}");
    assert_eq!(machine.json("integration set gh --proxy=")["network"]["proxy"], Value::Null);
}

#[test]
fn a_secret_that_could_not_be_shown_is_told_so_that_it_can_be_taken_back() {
    let machine = Machine::set_up();
    let to_nowhere = |line: &str| {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        Ran::of(machine.command(&words(line)).stdout(full).output().unwrap()).error()
    };
    let (status, error) = to_nowhere("admin token add --label ops");
    let expected = "error: it cannot be shown, and the admin token labelled ops was made, which nobody has: take it back with \
                    `countersign admin token revoke 'ops'`: ";
    assert!(status == 1 && error.starts_with(expected), "{error}");
    machine.text("admin token revoke ops");
    let (status, error) = to_nowhere("admin login-link --label ann --output json");
    assert!(
        status == 1 && error.contains("a login link labelled ann was made, which nobody has and which ends at "),
        "{error}"
    );
}
