//! Pages for people: what a Jira user sees and does, behind one-time links.
//!
//! Plain HTML, one stylesheet, and one script that only improves it. Nothing here decides, lends or stores:
//! [`crate::operate`] does, and a page shows what it answered. A page never repeats a secret, and no log line holds a link.

mod access;
mod admin;
mod answer;
mod asking;
mod assets;
mod cookie;
mod create_branch;
mod create_pull_request;
mod credential;
mod cross_site;
mod dialog;
mod drafts;
mod fields;
mod form;
mod kind;
mod layout;
mod made;
mod markdown;
mod not_created;
mod once;
mod open;
mod path;
mod picker;
mod proof;
mod refused;
mod repositories;
mod results;
mod revocation;
mod set_up;
mod table;
#[cfg(test)]
mod tests;
mod tokens;
mod told;
mod untouched;
mod visit;
mod words;

use axum::Router;
use axum::routing::{MethodRouter, get, post};

pub(crate) use self::answer::Page;
use crate::operate::{App, SharedApp};
use crate::request::Trouble;

/// What the addresses of pages begin with.
const FAMILIES: [&str; 4] = ["/open/", "/visits/", "/ui/", "/admin"];

/// All pages.
pub(crate) fn routes() -> Router<SharedApp> {
    let router = table().into_iter().fold(Router::new(), |router, (path, page)| router.route(path, page));
    // With a slash behind it, it is what people type.
    router.nest(admin::BELOW, admin::routes()).route("/admin/", get(admin::home))
}

/// Every route and what answers it: a page that is added here is in the tests of what all of them promise.
fn table() -> Vec<(&'static str, MethodRouter<SharedApp>)> {
    vec![
        (assets::ROUTE, get(assets::serve)),
        ("/open/{token}", get(open::show).post(open::begin)),
        ("/visits/{visit}/window", post(visit::window)),
        ("/visits/{visit}/create-branch", get(create_branch::show).post(create_branch::enter)),
        ("/visits/{visit}/create-pull-request", get(create_pull_request::show).post(create_pull_request::enter)),
        ("/visits/{visit}/repositories", get(repositories::show).post(repositories::enter)),
        ("/visits/{visit}/tokens", get(tokens::show).post(tokens::enter)),
        ("/visits/{visit}/results/{id}", get(results::show)),
        ("/visits/{visit}/set-up/{integration}", get(set_up::show).post(set_up::enter)),
    ]
}

/// The paths of all routes.
#[cfg(test)]
pub(crate) fn paths() -> Vec<String> {
    let of_users = table().into_iter().map(|(path, _)| path.to_owned());
    let for_administrators = admin::table().into_iter().map(|(path, _)| format!("{}{path}", admin::BELOW));
    of_users.chain(for_administrators).collect()
}

/// Whether a route is one of these.
pub(crate) fn is_theirs(route: &str) -> bool {
    FAMILIES.iter().any(|family| route.starts_with(family))
}

/// What is no page.
pub(crate) fn nothing_here(app: &App) -> Page {
    told::nothing_here(&app.config)
}

/// A request that no handler answered.
pub(crate) fn trouble(app: &App, trouble: Trouble) -> Page {
    told::trouble(&app.config, trouble)
}
