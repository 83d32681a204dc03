//! What the server says of itself: root, `/meta`, `/rate_limit`.

use serde_json::{Value, json};

use super::call::{Call, Outcome, ok};
use super::limit::RateLimit;
use super::refusal::Refusal;
use super::world::Product;

/// Members of the root and the URI template below the API's root.
const ROOT_LINKS: &[(&str, &str)] = &[
    ("current_user_url", "/user"),
    ("authorizations_url", "/authorizations"),
    ("code_search_url", "/search/code?q={query}{&page,per_page,sort,order}"),
    ("commit_search_url", "/search/commits?q={query}{&page,per_page,sort,order}"),
    ("emails_url", "/user/emails"),
    ("emojis_url", "/emojis"),
    ("events_url", "/events"),
    ("feeds_url", "/feeds"),
    ("followers_url", "/user/followers"),
    ("following_url", "/user/following{/target}"),
    ("gists_url", "/gists{/gist_id}"),
    ("hub_url", "/hub"),
    ("issue_search_url", "/search/issues?q={query}{&page,per_page,sort,order}"),
    ("issues_url", "/issues"),
    ("keys_url", "/user/keys"),
    ("label_search_url", "/search/labels?q={query}&repository_id={repository_id}{&page,per_page}"),
    ("notifications_url", "/notifications"),
    ("organization_url", "/orgs/{org}"),
    ("organization_repositories_url", "/orgs/{org}/repos{?type,page,per_page,sort}"),
    ("organization_teams_url", "/orgs/{org}/teams"),
    ("public_gists_url", "/gists/public"),
    ("rate_limit_url", "/rate_limit"),
    ("repository_url", "/repos/{owner}/{repo}"),
    ("repository_search_url", "/search/repositories?q={query}{&page,per_page,sort,order}"),
    ("current_user_repositories_url", "/user/repos{?type,page,per_page,sort}"),
    ("starred_url", "/user/starred{/owner}{/repo}"),
    ("starred_gists_url", "/gists/starred"),
    ("topic_search_url", "/search/topics?q={query}{&page,per_page}"),
    ("user_url", "/users/{user}"),
    ("user_organizations_url", "/user/orgs"),
    ("user_repositories_url", "/users/{user}/repos{?type,page,per_page,sort}"),
    ("user_search_url", "/search/users?q={query}{&page,per_page,sort,order}"),
];

pub(super) fn root(call: &Call<'_>) -> Outcome {
    let mut root = json!({
        "current_user_authorizations_html_url": call.web_url("/settings/connections/applications{/client_id}"),
    });
    ROOT_LINKS.iter().for_each(|(name, path)| root[*name] = json!(call.api_url(path)));
    Ok(ok(&root))
}

/// Only Enterprise Server names its version.
pub(super) fn meta(call: &Call<'_>) -> Outcome {
    let meta = match call.product {
        Product::Enterprise { version } => {
            json!({ "verifiable_password_authentication": true, "packages": [], "installed_version": version })
        }
        Product::Cloud => json!({
            "verifiable_password_authentication": false,
            "hooks": ["192.0.2.0/24"],
            "web": ["192.0.2.0/24"],
            "api": ["192.0.2.0/24"],
            "git": ["192.0.2.0/24"],
            "domains": { "website": ["*.github.com", "*.github.dev"] },
        }),
    };
    Ok(ok(&meta))
}

pub(super) fn rate_limit(call: &Call<'_>, rate: RateLimit) -> Outcome {
    if *call.product != Product::Cloud {
        return Err(Refusal::not_found()
            .documented("/rest/rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user"));
    }
    let of = |limit: u32, used: u32| -> Value {
        json!({ "limit": limit, "used": used, "remaining": limit.saturating_sub(used), "reset": rate.reset, "resource": "core" })
    };
    let core = of(rate.limit, rate.used);
    Ok(ok(&json!({ "resources": { "core": core, "search": of(30, 0), "graphql": of(5000, 0) }, "rate": core })))
}
