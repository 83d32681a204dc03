//! The demo's Jira, before a daemon that only keeps its word about page links: what it sends, and what it does with messages.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::clock::SystemClock;
use countersign_tests::browser::{Browser, Front, Key};
use countersign_tests::daemon::{self, CONNECTOR, PUBLIC_URL};
use countersign_tests::demo::jira::cast::{Cast, Integration, Made, Person, ToPaste};
use countersign_tests::demo::jira::connector::Connector;
use countersign_tests::demo::jira::{self, Jira};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const JIRA: &str = "https://jira.example.com";
const ISSUE: &str = "https://jira.example.com/browse/ABC-1";

/// What the daemon was asked, and what it answers.
#[derive(Default)]
struct Kept {
    /// Body and claims of every request for a link.
    links: Mutex<Vec<(Value, Value)>>,
    /// Method and origin of every opening.
    opened: Mutex<Vec<(Method, String)>>,
    problem: Mutex<Option<Value>>,
    made: Mutex<Vec<Made>>,
}

type Shared = State<Arc<Kept>>;

struct Scene {
    browser: Browser,
    kept: Arc<Kept>,
    _jira: Jira,
    _fronts: [Front; 2],
}

impl Scene {
    /// With the first issue open; none where there is no browser.
    async fn start() -> Option<Scene> {
        let kept = Arc::new(Kept::default());
        let daemon = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let reached = daemon.local_addr().unwrap();
        let routes = routes().with_state(Arc::clone(&kept));
        tokio::spawn(async move { axum::serve(daemon, routes).await });
        let connector = Connector {
            id: CONNECTOR.to_owned(),
            key: Arc::new(daemon::Key::generate()),
            public_url: PUBLIC_URL.to_owned(),
            reached_at: format!("http://{reached}"),
            clock: Arc::new(SystemClock),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scene = jira::Scene { origin: JIRA.to_owned(), connector, cast: cast(Arc::clone(&kept)) };
        let jira = Jira::serve(listener, scene).unwrap();
        let fronts = [
            Front::open("countersign.example.com", reached).await,
            Front::open("jira.example.com", jira.address()).await,
        ];
        let browser = Browser::start(&[&fronts[0], &fronts[1]]).await?;
        browser.open(ISSUE).await;
        Some(Scene { browser, kept, _jira: jira, _fronts: fronts })
    }

    fn asked(&self) -> (Value, Value) {
        self.kept.links.lock().unwrap().last().cloned().expect("a link was asked for")
    }

    fn opened(&self) -> Vec<(Method, String)> {
        self.kept.opened.lock().unwrap().clone()
    }
}

fn cast(kept: Arc<Kept>) -> Cast {
    let person = |handle: &str, name: &str, id: &str| Person {
        handle: handle.to_owned(),
        name: name.to_owned(),
        id: id.to_owned(),
        to_paste: vec![ToPaste { integration: "GitHub.com".into(), field: "token".into(), value: "none".into() }],
    };
    let integration = |id: &str, name: &str| Integration {
        id: id.to_owned(),
        name: name.to_owned(),
        repository: "acme/<b>widgets</b>".to_owned(),
    };
    Cast {
        project: "ABC".to_owned(),
        people: vec![person("ann", "Ann", "5b10a2844c20165700ede21a"), person("ben", "Ben", "557058:f58131cb")],
        integrations: vec![integration("github", "GitHub.com"), integration("gitlab", "GitLab.com")],
        development: Box::new(move |_| kept.made.lock().unwrap().clone()),
    }
}

/// As much of a daemon as a Jira meets.
fn routes() -> Router<Arc<Kept>> {
    const SCRIPT: &str = "for (const button of document.querySelectorAll('button')) button.onclick = () =>
        parent.postMessage({ type: button.id, height: 321 }, 'https://jira.example.com');";
    let script = get(async || ([(header::CONTENT_TYPE, "text/javascript")], SCRIPT));
    Router::new().route("/api/v1/page-links", post(link)).route("/open/one", any(open)).route("/page.js", script)
}

async fn link(State(kept): Shared, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let bearer = headers[header::AUTHORIZATION].to_str().unwrap();
    let claims = URL_SAFE_NO_PAD.decode(bearer.split('.').nth(1).unwrap()).unwrap();
    kept.links.lock().unwrap().push((body, serde_json::from_slice(&claims).unwrap()));
    match &*kept.problem.lock().unwrap() {
        Some(problem) => (StatusCode::FORBIDDEN, Json(problem.clone())).into_response(),
        None => (StatusCode::CREATED, Json(json!({ "url": format!("{PUBLIC_URL}/open/one") }))).into_response(),
    }
}

async fn open(State(kept): Shared, method: Method, headers: HeaderMap) -> impl IntoResponse {
    let origin = headers.get(header::ORIGIN).map_or("", |origin| origin.to_str().unwrap());
    kept.opened.lock().unwrap().push((method, origin.to_owned()));
    let page = "<!doctype html><html lang=en><title>Countersign</title><h1>A page of Countersign</h1>
        <button id=countersign:height>Grow</button><button id=countersign:done>Finish</button>
        <button id=countersign:cancel>Leave</button><button id=countersign:close>Close it</button><script src=/page.js></script>";
    ([(header::CONTENT_TYPE, "text/html")], page)
}

#[tokio::test]
async fn the_issue_is_for_everybody() {
    let Some(scene) = Scene::start().await else { return };
    let browser = &scene.browser;
    browser.find("heading", "Log in with a passkey").await;
    browser.expect_accessible().await;
    browser.expect_keyboard_suffices().await;
    browser.take_pictures("jira-issue").await;

    browser.find("link", "Ben").await.click().await;
    browser.sees("What Ben would copy from the git servers").await;
    let summary = "Price shows <b>NaN</b> & \"n/a\" for sizes such as 7½ or Größe L";
    browser.find("link", &format!("ABC-2 {summary}")).await.click().await;
    browser.find("heading", summary).await;
    browser.sees("</p><script>alert('not run')</script>").await;
    assert_eq!(browser.address().await, format!("{JIRA}/browse/ABC-2?as=ben"));
    browser.find("link", "Jira of the demo").await.click().await;
    browser.sees("What Ben would copy from the git servers").await;
    browser.open(&format!("{JIRA}/browse/ABC-9")).await;
    browser.find("heading", "There is no such issue").await;
    browser.expect_accessible().await;
}

#[tokio::test]
async fn a_click_opens_the_page_over_the_issue_by_a_form_from_jiras_origin() {
    let Some(scene) = Scene::start().await else { return };
    let browser = &scene.browser;
    browser.find("button", "Create branch").await.click().await;
    let frame = browser.find("Iframe", "Create branch").await;
    browser.enter_frame(&frame).await;
    browser.find("heading", "A page of Countersign").await;
    assert_eq!(scene.opened(), [(Method::POST, JIRA.to_owned())]);
    let (asked, claims) = scene.asked();
    let issue = json!({ "key": "ABC-1", "summary": "Log in with a passkey", "type": "Story", "url": ISSUE });
    let expected =
        json!({ "page": "create-branch", "project": "ABC", "issue": issue, "return_to": format!("{ISSUE}?as=ann") });
    assert_eq!(asked, expected);
    let vouched = ["iss", "sub", "aud", "projects"].map(|claim| claims[claim].clone());
    assert_eq!(vouched, [json!(CONNECTOR), json!("5b10a2844c20165700ede21a"), json!(PUBLIC_URL), json!(["ABC"])]);

    browser.find("button", "Grow").await.click().await;
    browser.leave_frame().await;
    let height = async || browser.script("return arguments[0].offsetHeight", json!([frame.reference()])).await;
    while height().await != json!(321) {
        tokio::task::yield_now().await;
    }
    browser.take_pictures("jira-dialog").await;
    // What others say is nothing to it, and what is made is shown behind it and when it closes.
    browser.script("postMessage({ type: 'countersign:cancel' }, '*')", json!([])).await;
    let branch =
        Made { what: "Branch", name: "feature/ABC-1".into(), at: "GitHub.com".into(), by: Some("alice".into()) };
    scene.kept.made.lock().unwrap().push(branch);
    browser.enter_frame(&frame).await;
    browser.find("button", "Finish").await.click().await;
    browser.leave_frame().await;
    browser.sees("Branch feature/ABC-1 at GitHub.com, by alice").await;
    browser.enter_frame(&frame).await;
    browser.find("button", "Close it").await.click().await;
    browser.leave_frame().await;
    browser.loses("Iframe", "Create branch").await;
    assert!(!browser.has("Iframe", "Create branch").await);
    assert!(browser.find("button", "Create branch").await.is_focused().await);
}

#[tokio::test]
async fn leaving_is_possible_from_within_from_outside_and_with_the_keyboard() {
    let Some(scene) = Scene::start().await else { return };
    let browser = &scene.browser;
    for way in ["page", "button", "key"] {
        browser.find("button", "Set up a token for GitLab.com").await.click().await;
        let frame = browser.find("Iframe", "Set up a token for GitLab.com").await;
        browser.enter_frame(&frame).await;
        browser.find("heading", "A page of Countersign").await;
        if way == "page" {
            browser.find("button", "Leave").await.click().await;
        }
        browser.leave_frame().await;
        match way {
            "button" => browser.find("button", "Close").await.click().await,
            "key" => browser.press(Key::Escape).await,
            _ => {}
        }
        while browser.has("Iframe", "Set up a token for GitLab.com").await {
            tokio::task::yield_now().await;
        }
        assert_eq!((&scene.asked().0["page"], &scene.asked().0["integration"]), (&json!("set-up"), &json!("gitlab")));
    }
}

#[tokio::test]
async fn a_tab_is_opened_where_one_is_asked_for_and_where_there_is_no_script() {
    let Some(scene) = Scene::start().await else { return };
    let browser = &scene.browser;
    for button in ["Repository browser in a tab", "My tokens"] {
        let (known, issue) = (browser.tabs().await, browser.tab().await);
        browser.find("button", button).await.click().await;
        browser.go_to_new_tab(&known).await;
        browser.find("heading", "A page of Countersign").await;
        assert_eq!(scene.opened().last().unwrap().0, Method::GET);
        browser.close_tab(&issue).await;
        browser.run_no_scripts().await;
        browser.reload().await;
    }
    assert_eq!(scene.asked().0["page"], "tokens");
}

#[tokio::test]
async fn a_refusal_is_said_where_the_page_would_be() {
    let Some(scene) = Scene::start().await else { return };
    let browser = &scene.browser;
    let problem = json!({ "title": "Not permitted", "detail": "Ann may not view development tools in <ABC>." });
    *scene.kept.problem.lock().unwrap() = Some(problem);
    browser.find("button", "Create pull request").await.click().await;
    let said = "Countersign answered 403 Forbidden. Not permitted: Ann may not view development tools in <ABC>.";
    browser.sees(said).await;
    browser.expect_accessible().await;
    browser.expect_keyboard_suffices().await;
    browser.find("button", "Close").await.click().await;
    browser.run_no_scripts().await;
    browser.reload().await;
    let known = browser.tabs().await;
    browser.find("button", "Create pull request").await.click().await;
    browser.go_to_new_tab(&known).await;
    browser.sees(said).await;
}
