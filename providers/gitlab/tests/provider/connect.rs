//! Settings to addresses, and the description they belong to.

use countersign_provider_gitlab::GitLab;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, get};
use countersign_sdk::types::{CustomHeader, Input, Scheme};
use serde_json::json;

use crate::{cloud, script, self_managed};

#[test]
fn gitlab_com_has_no_settings_and_one_origin() {
    let connection = GitLab.connect("gitlab", &[]).unwrap();
    assert_eq!(connection.origins.len(), 1);
    assert_eq!(connection.origins[0].url, "https://gitlab.com");
    assert_eq!(connection.web_url, "https://gitlab.com");
    let page = "https://gitlab.com/-/user_settings/personal_access_tokens";
    assert_eq!(connection.credential_list_page.as_deref(), Some(page));
    assert_eq!(connection.credential_pages[0].url, format!("{page}?name=Countersign&scopes=api"));
}

#[test]
fn an_address_is_taken_as_people_paste_it_with_the_path_it_lives_under() {
    for (pasted, origin, web_url) in [
        ("https://git.example.com", "https://git.example.com", "https://git.example.com"),
        (" https://Git.example.com/ ", "https://git.example.com", "https://git.example.com"),
        ("https://git.example.com/api/v4/", "https://git.example.com", "https://git.example.com"),
        ("https://git.example.com/dev/gitlab/", "https://git.example.com", "https://git.example.com/dev/gitlab"),
        ("https://git.example.com/gitlab/api/v4", "https://git.example.com", "https://git.example.com/gitlab"),
        ("http://git.example.com:8080", "http://git.example.com:8080", "http://git.example.com:8080"),
    ] {
        let connection = GitLab.connect("gitlab-self-managed", &self_managed(pasted).settings).unwrap();
        assert_eq!(connection.origins[0].url, origin, "{pasted}");
        assert_eq!(connection.web_url, web_url, "{pasted}");
        let page = format!("{web_url}/-/user_settings/personal_access_tokens");
        assert_eq!(connection.credential_pages[0].url, format!("{page}?name=Countersign&scopes=api"), "{pasted}");
        assert_eq!(connection.credential_list_page, Some(page), "{pasted}");
    }
}

#[test]
fn an_address_that_cannot_be_right_is_an_error_of_its_field() {
    for wrong in [
        "",
        "git.example.com",
        "https://u@git.example.com",
        "https://git.example.com/?a",
        "https://git.example.com/../x",
        "https://git.example.com/-/profile",
        "https://git.example.com/gitlab/users/sign_in",
        "https://gitlab.com",
        "https://gitlab.com/api/v4",
        "https://www.gitlab.com/acme",
    ] {
        let errors = GitLab.connect("gitlab-self-managed", &self_managed(wrong).settings).unwrap_err();
        assert_eq!(errors.len(), 1, "{wrong}");
        assert_eq!(errors[0].field, "base_url", "{wrong}");
        assert!(errors[0].message.ends_with('.'), "{wrong}");
    }
    assert_eq!(GitLab.connect("gitlab-self-managed", &[]).unwrap_err()[0].field, "base_url");
    assert!(GitLab.connect("github", &[]).is_err());
}

#[test]
fn requests_go_below_the_kinds_own_address() {
    let agent = format!("countersign-provider-gitlab/{}", env!("CARGO_PKG_VERSION"));
    for (at, api) in [
        (cloud(), "https://gitlab.com/api/v4"),
        (self_managed("https://git.example.com/gitlab/"), "https://git.example.com/gitlab/api/v4"),
    ] {
        let user = get(format!("{api}/user")).header("user-agent", &agent);
        let token = get(format!("{api}/personal_access_tokens/self"));
        let script = script([
            (user, Answer::json(200, json!({ "id": 1, "username": "alice" }))),
            (token, Answer::json(200, json!({ "scopes": ["api"] }))),
        ]);
        assert_eq!(GitLab.whoami(&at, &script).unwrap().account.login, "alice");
    }
}

#[test]
fn every_kind_describes_forms_the_scheme_can_use() {
    let description = GitLab.describe();
    let ids: Vec<_> = description.kinds.iter().map(|kind| kind.id.as_str()).collect();
    assert_eq!(ids, ["gitlab", "gitlab-self-managed"]);
    for kind in &description.kinds {
        let token = kind.credential[0].name.clone();
        assert_eq!(kind.scheme, Scheme::CustomHeader(CustomHeader { name: "PRIVATE-TOKEN".into(), value: token }));
        assert_eq!(kind.credential[0].input, Input::Secret);
        assert_eq!(kind.permissions[0].name, "api");
    }
}
