//! Settings to addresses, and the description they belong to.

use countersign_provider_github::GitHub;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, get};
use countersign_sdk::types::{Connection, FieldError};
use serde_json::json;

use crate::{cloud, enterprise, owners, script};

#[test]
fn github_com_needs_no_settings_and_has_one_origin() {
    let connection = GitHub.connect("github", &[]).unwrap();
    assert_eq!(connection.origins.len(), 1);
    assert_eq!(connection.origins[0].url, "https://api.github.com");
    assert_eq!(connection.web_url, "https://github.com");
    assert_eq!(connection.credential_list_page.as_deref(), Some("https://github.com/settings/tokens"));
}

#[test]
fn forms_for_tokens_are_filled_in_with_what_each_server_takes() {
    let pages = |connection: Connection| -> Vec<String> {
        connection.credential_pages.into_iter().map(|page| format!("{}: {}", page.label, page.url)).collect()
    };
    let [classic, fine_grained] = [
        "Classic token: https://github.com/settings/tokens/new?description=Countersign&scopes=repo",
        "Fine-grained token: https://github.com/settings/personal-access-tokens/new?name=Countersign\
         &expires_in={expires-in-days}&contents=write&pull_requests=write",
    ];
    assert_eq!(pages(GitHub.connect("github", &[]).unwrap()), [classic, fine_grained]);
    let own = GitHub.connect("github-enterprise", &enterprise("https://git.example.com").settings).unwrap();
    assert_eq!(pages(own), [classic.replace("github.com", "git.example.com")]);
}

#[test]
fn an_enterprise_address_is_taken_as_people_paste_it() {
    for pasted in ["https://git.example.com", " https://Git.example.com/ ", "https://git.example.com/api/v3/"] {
        let connection = GitHub.connect("github-enterprise", &enterprise(pasted).settings).unwrap();
        assert_eq!(connection.origins[0].url, "https://git.example.com", "{pasted}");
        assert_eq!(connection.web_url, "https://git.example.com", "{pasted}");
    }
    let plain = GitHub.connect("github-enterprise", &enterprise("http://git.example.com:8080").settings).unwrap();
    assert_eq!(plain.origins[0].url, "http://git.example.com:8080");
}

#[test]
fn an_enterprise_address_that_cannot_be_right_is_an_error_of_its_field() {
    for wrong in
        ["", "git.example.com", "https://git.example.com/octo", "https://u@git.example.com", "https://github.com"]
    {
        let errors = GitHub.connect("github-enterprise", &enterprise(wrong).settings).unwrap_err();
        assert_eq!(errors.len(), 1, "{wrong}");
        assert_eq!(errors[0].field, "base_url", "{wrong}");
        assert!(errors[0].message.ends_with('.'), "{wrong}");
    }
    assert_eq!(GitHub.connect("github-enterprise", &[]).unwrap_err()[0].field, "base_url");
    assert!(GitHub.connect("gitlab", &[]).is_err());
}

#[test]
fn an_enterprise_with_data_residency_has_its_api_at_a_name_of_its_own() {
    for pasted in [
        "https://octocorp.ghe.com",
        " https://Octocorp.GHE.com/ ",
        "https://api.octocorp.ghe.com",
        "https://octocorp.ghe.com/api/v3",
        "http://octocorp.ghe.com",
        "https://octocorp.ghe.com:443",
    ] {
        let at = enterprise(pasted);
        let connection = GitHub.connect("github-enterprise", &at.settings).unwrap();
        assert_eq!(connection.origins.len(), 1, "{pasted}");
        assert_eq!(connection.origins[0].url, "https://api.octocorp.ghe.com", "{pasted}");
        assert_eq!(connection.web_url, "https://octocorp.ghe.com", "{pasted}");
        let pages: Vec<_> = connection.credential_pages.iter().map(|page| page.url.as_str()).collect();
        assert_eq!(pages.len(), 2);
        assert!(pages.iter().all(|page| page.starts_with("https://octocorp.ghe.com/settings/")), "{pages:?}");
        let script = script([(
            get("https://api.octocorp.ghe.com/user"),
            Answer::json(200, json!({ "id": 1, "login": "octocat" })),
        )]);
        assert_eq!(GitHub.whoami(&at, &script).unwrap().account.login, "octocat", "{pasted}");
    }
    for wrong in [
        "https://ghe.com",
        "https://api.ghe.com",
        "https://www.ghe.com",
        "https://a.octocorp.ghe.com",
        "https://octocorp.ghe.com/x",
    ] {
        let errors = GitHub.connect("github-enterprise", &enterprise(wrong).settings).unwrap_err();
        assert_eq!((errors.len(), errors[0].field.as_str()), (1, "base_url"), "{wrong}");
    }
    // A server of one's own that is called alike.
    let own = GitHub.connect("github-enterprise", &enterprise("https://octoghe.com").settings).unwrap();
    assert_eq!(own.origins[0].url, "https://octoghe.com");
}

#[test]
fn owners_are_names_and_lead_nowhere_else() {
    let named = GitHub.connect("github", &[owners("octo-org,\tann_acme\n")]).unwrap();
    assert_eq!(format!("{named:?}"), format!("{:?}", GitHub.connect("github", &[]).unwrap()));
    let many: Vec<String> = (0..21).map(|number| format!("org-{number}")).collect();
    for wrong in ["octo/hello", "user:evil", &"x".repeat(40), &many.join(" ")] {
        let errors = GitHub.connect("github", &[owners(wrong)]).unwrap_err();
        assert_eq!((errors.len(), errors[0].field.as_str()), (1, "owners"), "{wrong}");
    }
    let fields = |errors: Vec<FieldError>| errors.into_iter().map(|error| error.field).collect::<Vec<_>>();
    let both = GitHub.connect("github-enterprise", &[owners("a/b")]).unwrap_err();
    assert_eq!(fields(both), ["base_url", "owners"], "everything that is wrong is said at once");
}

#[test]
fn requests_go_below_the_kinds_own_address_with_the_headers_github_wants() {
    let version = env!("CARGO_PKG_VERSION");
    for (at, url) in [
        (cloud(), "https://api.github.com/user"),
        (enterprise("https://git.example.com/api/v3"), "https://git.example.com/api/v3/user"),
    ] {
        let expected = get(url)
            .header("user-agent", &format!("countersign-provider-github/{version}"))
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28");
        let script = script([(expected, Answer::json(200, json!({ "id": 1, "login": "octocat" })))]);
        assert_eq!(GitHub.whoami(&at, &script).unwrap().account.login, "octocat");
    }
}

#[test]
fn every_kind_describes_forms_the_scheme_can_use() {
    let description = GitHub.describe();
    let ids: Vec<_> = description.kinds.iter().map(|kind| kind.id.as_str()).collect();
    assert_eq!(ids, ["github", "github-enterprise"]);
    for kind in &description.kinds {
        assert_eq!(kind.scheme, countersign_sdk::types::Scheme::Bearer(kind.credential[0].name.clone()));
        assert_eq!(kind.credential[0].input, countersign_sdk::types::Input::Secret);
        assert!(!kind.permissions.is_empty());
    }
}
