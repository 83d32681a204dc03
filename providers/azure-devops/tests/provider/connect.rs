//! Settings to addresses, and the description they belong to.

use countersign_provider_azure_devops::AzureDevOps;
use countersign_sdk::Provider;
use countersign_sdk::testing::Answer;
use countersign_sdk::types::{BasicUser, Connection, FieldValue, Input, Scheme, UserCredentials};
use serde_json::json;

use crate::{ALICE_ID, asks_who, cloud, connection, list, script, settings, versioned};

fn origins(connection: &Connection) -> Vec<&str> {
    connection.origins.iter().map(|origin| origin.url.as_str()).collect()
}

fn organization(kind: &str, value: &str) -> Result<Connection, String> {
    connect(kind, &settings(&[("organization", value)]))
}

fn server(url: &str, version: &str) -> Result<Connection, String> {
    connect("tfs", &settings(&[("collection_url", url), ("version", version)]))
}

/// A refusal as the fields it names, each with a whole sentence.
fn connect(kind: &str, settings: &[FieldValue]) -> Result<Connection, String> {
    AzureDevOps.connect(kind, settings).map_err(|errors| {
        assert!(errors.iter().all(|error| error.message.ends_with('.')), "{errors:?}");
        errors.into_iter().map(|error| error.field).collect::<Vec<_>>().join(" ")
    })
}

/// Where a token is made.
fn page(connection: &Connection) -> Option<&str> {
    connection.credential_pages.first().map(|page| page.url.as_str())
}

#[test]
fn an_organization_is_named_or_given_by_its_address() {
    for given in ["acme", " acme ", "https://dev.azure.com/acme", "https://dev.azure.com/acme/", "dev.azure.com/acme"] {
        let connection = organization("azure-devops", given).unwrap();
        assert_eq!(origins(&connection), ["https://dev.azure.com", "https://vssps.dev.azure.com"], "{given}");
        assert_eq!(connection.web_url, "https://dev.azure.com/acme", "{given}");
        assert_eq!(page(&connection), Some("https://dev.azure.com/acme/_usersSettings/tokens"));
        assert_eq!(connection.user_credentials, UserCredentials::Supported);
    }
}

#[test]
fn an_account_of_the_old_host_is_taken_with_and_without_its_collection() {
    for given in [
        "acme",
        "Acme",
        "https://acme.visualstudio.com",
        "https://ACME.visualstudio.com/DefaultCollection/",
        "acme.visualstudio.com",
    ] {
        let connection = organization("vsts", given).unwrap();
        assert_eq!(origins(&connection), ["https://acme.visualstudio.com", "https://acme.vssps.visualstudio.com"]);
        assert_eq!(connection.web_url, "https://acme.visualstudio.com", "{given}");
    }
}

#[test]
fn an_organization_that_cannot_be_right_is_an_error_of_its_field() {
    let wrong = [
        "",
        "ac me",
        "-acme",
        "acme-",
        "a/b",
        "acme.",
        "https://dev.azure.com",
        "https://dev.azure.com/acme/Platform",
        "http://dev.azure.com/acme",
        "https://evil.example/acme",
        "https://dev.azure.com@evil.example/acme",
        "https://acme.visualstudio.com",
        "https://dev.azure.com/acme?x=1",
        "äcme",
        "a-name-of-more-than-fifty-letters-which-nobody-can-have",
    ];
    for given in wrong {
        assert_eq!(organization("azure-devops", given), Err("organization".into()), "{given}");
    }
    let wrong = [
        "",
        "a.b",
        "https://visualstudio.com",
        "https://a.b.visualstudio.com",
        "https://acme.visualstudio.com/Platform",
        "https://dev.azure.com/acme",
        "https://acme.visualstudio.com.evil.example",
        "http://acme.visualstudio.com",
    ];
    for given in wrong {
        assert_eq!(organization("vsts", given), Err("organization".into()), "{given}");
    }
    assert_eq!(connect("azure-devops", &[]), Err("organization".into()));
    assert_eq!(connect("github", &[]), Err("kind".into()));
}

#[test]
fn a_collection_is_reached_at_its_own_origin() {
    let new = server("https://Tfs.example.com/tfs/DefaultCollection/", "2022").unwrap();
    assert_eq!(origins(&new), ["https://tfs.example.com"]);
    assert_eq!(new.web_url, "https://tfs.example.com/tfs/DefaultCollection");
    let page = "https://tfs.example.com/tfs/DefaultCollection/_usersSettings/tokens";
    assert_eq!(self::page(&new), Some(page));
    let old = server("http://tfs:8080/tfs/Main", "2017").unwrap();
    assert_eq!(origins(&old), ["http://tfs:8080"]);
    assert_eq!(self::page(&old), Some("http://tfs:8080/tfs/Main/_details/security/tokens"));
    assert!(server("https://devops.example.com/Main", "2019").is_ok(), "a server without a virtual directory");
}

#[test]
fn servers_before_2017_have_no_user_credentials_and_say_why() {
    for version in ["2013", "2015"] {
        let connection = server("https://tfs.example.com/tfs/Main", version).unwrap();
        let UserCredentials::Unsupported(why) = &connection.user_credentials else { panic!("{version}") };
        assert!(why.contains(version) && why.contains("personal access tokens"), "{why}");
        assert_eq!((page(&connection), &connection.credential_list_page), (None, &None));
    }
    let connection = server("https://tfs.example.com/tfs/Main", "2017").unwrap();
    assert_eq!(connection.user_credentials, UserCredentials::Supported);
}

#[test]
fn every_wrong_setting_of_a_server_is_named_at_once() {
    assert_eq!(server("", ""), Err("collection_url version".into()));
    assert_eq!(server("https://tfs.example.com/tfs/Main", "2021"), Err("version".into()));
    for url in [
        "tfs.example.com/tfs/Main",
        "https://tfs.example.com",
        "https://tfs.example.com/tfs",
        "https://tfs.example.com/tfs/Main/Platform",
        "https://u@tfs.example.com/tfs/Main",
        "https://dev.azure.com/acme",
        "https://acme.visualstudio.com/DefaultCollection",
    ] {
        assert_eq!(server(url, "2022"), Err("collection_url".into()), "{url}");
    }
}

#[test]
fn every_request_asks_for_an_answer_a_program_can_read() {
    let suppressing = |expected: countersign_sdk::testing::Expected| {
        expected
            .header("accept", "application/json")
            .header("x-tfs-fedauthredirect", "Suppress")
            .header("x-vss-forcemsapassthrough", "true")
    };
    let repositories =
        countersign_sdk::testing::get(versioned("https://dev.azure.com/acme/_apis/git/repositories", "7.1"));
    let script = script([
        (suppressing(asks_who()), connection(ALICE_ID, "alice@example.com")),
        (suppressing(repositories), list(json!([]))),
    ]);
    assert_eq!(AzureDevOps.whoami(&cloud(), &script).unwrap().account.login, "alice@example.com");
}

#[test]
fn each_kind_goes_to_its_own_address() {
    let old = settings(&[("organization", "https://acme.visualstudio.com/DefaultCollection")]);
    let at = countersign_sdk::types::Integration { kind: "vsts".into(), settings: old };
    let url = versioned("https://acme.visualstudio.com/_apis/git/repositories", "7.1");
    let steps = script([(countersign_sdk::testing::get(url), Answer::json(200, json!({ "count": 0, "value": [] })))]);
    assert_eq!(AzureDevOps.list_repositories(&at, &steps, None, None, 100).unwrap().items, []);
}

#[test]
fn every_kind_describes_forms_the_scheme_can_use() {
    let description = AzureDevOps.describe();
    let ids: Vec<_> = description.kinds.iter().map(|kind| kind.id.as_str()).collect();
    assert_eq!(ids, ["azure-devops", "vsts", "tfs"]);
    for kind in &description.kinds {
        let Scheme::Basic(basic) = &kind.scheme else { panic!("{}", kind.id) };
        let field = |name: &str| kind.credential.iter().find(|field| field.name == name).unwrap();
        assert_eq!(field(&basic.password).input, Input::Secret);
        match &basic.user {
            BasicUser::Fixed(user) => assert_eq!(user, ""),
            BasicUser::Field(name) => assert!(!field(name).required, "a token needs no user name"),
        }
        assert!(kind.branch_rules.case_insensitive);
        assert_eq!(kind.permissions.len(), 2);
    }
    let versions = description.kinds[2].settings.iter().find(|field| field.name == "version").unwrap();
    let choices = ["2013", "2015", "2017", "2018", "2019", "2020", "2022"].map(String::from);
    assert_eq!(versions.input, Input::Choice(choices.into()));
}
