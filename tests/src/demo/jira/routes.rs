//! Which request gets what. Everything is in the address, who is acting too: two tabs may be two people.

use std::sync::Arc;

use axum::extract::{Form, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::cast::{ISSUES, Issue, Person};
use super::scene::Scene;
use super::view::{self, View};

type Shared = State<Arc<Scene>>;

/// Everything this Jira serves.
pub(super) fn of(scene: Arc<Scene>) -> Router {
    Router::new()
        .route("/", get(first))
        .route("/browse/{key}", get(browse))
        .route("/open", post(open))
        .route("/link", post(link))
        .route("/jira.css", get(async || asset("text/css; charset=utf-8", include_str!("jira.css"))))
        .route("/jira.js", get(async || asset("text/javascript; charset=utf-8", include_str!("jira.js"))))
        .with_state(scene)
}

/// Who acts.
#[derive(Deserialize)]
struct Acting {
    #[serde(default, rename = "as")]
    handle: String,
}

/// What a button of the panel sends.
#[derive(Deserialize)]
struct Clicked {
    page: String,
    issue: String,
    #[serde(rename = "as")]
    handle: String,
    integration: Option<String>,
}

async fn first(State(scene): Shared) -> Redirect {
    Redirect::to(&format!("/browse/{}", scene.cast.key(&ISSUES[0])))
}

async fn browse(State(scene): Shared, Path(key): Path<String>, Query(acting): Query<Acting>) -> Response {
    let (Some(issue), Some(person)) = (scene.cast.issue(&key), scene.cast.person(&acting.handle)) else {
        return page(StatusCode::NOT_FOUND, &scene, view::message("There is no such issue", &key));
    };
    let (asked, shared) = (key.clone(), Arc::clone(&scene));
    let made = tokio::task::spawn_blocking(move || (shared.cast.development)(&asked)).await.unwrap_or_default();
    let daemon = &scene.connector.public_url;
    page(
        StatusCode::OK,
        &scene,
        view::issue(&View { cast: &scene.cast, issue, key: &key, person, made: &made, daemon }),
    )
}

/// Without script, or for a tab: on to the page itself.
async fn open(State(scene): Shared, Form(clicked): Form<Clicked>) -> Response {
    match ask(&scene, &clicked).await {
        Ok(link) => Redirect::to(&link).into_response(),
        Err(error) => {
            let message = view::message("Countersign cannot be opened", &format!("{error:#}"));
            page(StatusCode::BAD_GATEWAY, &scene, message)
        }
    }
}

/// For the script, which opens the page in a dialog.
async fn link(State(scene): Shared, Form(clicked): Form<Clicked>) -> Json<Value> {
    Json(match ask(&scene, &clicked).await {
        Ok(url) => json!({ "url": url }),
        Err(error) => json!({ "problem": format!("{error:#}") }),
    })
}

async fn ask(scene: &Scene, clicked: &Clicked) -> anyhow::Result<String> {
    let cast = &scene.cast;
    let known = cast.issue(&clicked.issue).zip(cast.person(&clicked.handle));
    let (issue, person) = known.ok_or_else(|| anyhow::anyhow!("There is no issue {}.", clicked.issue))?;
    let asked = asked(scene, clicked, issue, person);
    scene.connector.page_link(person, &cast.project, &asked).await
}

/// The body of the request for a page link.
fn asked(scene: &Scene, clicked: &Clicked, issue: &Issue, person: &Person) -> Value {
    let key = scene.cast.key(issue);
    let url = format!("{}/browse/{key}", scene.origin);
    let mut asked = json!({
        "page": clicked.page,
        "project": scene.cast.project,
        "issue": { "key": key, "summary": issue.summary, "type": issue.kind, "url": url },
        "return_to": format!("{url}?as={}", person.handle),
    });
    if let Some(integration) = &clicked.integration {
        asked["integration"] = json!(integration);
    }
    asked
}

fn page(status: StatusCode, scene: &Scene, markup: maud::Markup) -> Response {
    let daemon = &scene.connector.public_url;
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src {daemon}; \
         form-action 'self' {daemon}; base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (status, headers, markup.into_string()).into_response()
}

fn asset(content_type: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-cache")], text)
}
