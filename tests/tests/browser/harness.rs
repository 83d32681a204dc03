//! The harness itself: each of its checks is shown a page on which it has to fail.

use std::net::SocketAddr;

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, SET_COOKIE};
use axum::routing::get;
use countersign_tests::browser::{Browser, Front, Key, Scheme};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What a session in a frame of another site's page is kept in.
const COOKIE: &str = "__Host-kept=here; Secure; HttpOnly; SameSite=None; Path=/; Partitioned";

const STYLE: &str = "<!doctype html><html lang=en><title>A page</title><style>
    :root { color-scheme: light dark } button:focus-visible { outline: 3px solid blue } .bare:focus-visible { outline: none }
    .faint { color: #bbb; background: #fff }
    @media (prefers-color-scheme: dark) { .faint { color: #000 } }
    </style><main><h1>A page</h1>";

/// One page at `/`, served until the end of the test, and a browser before it.
async fn showing(body: &str) -> Option<(Browser, Front)> {
    serve(&[("/", body)], "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-src 'self'")
        .await
}

async fn serve(pages: &[(&'static str, &str)], policy: &'static str) -> Option<(Browser, Front)> {
    let page = |body: &str| {
        let headers = [(CONTENT_TYPE, "text/html"), (CONTENT_SECURITY_POLICY, policy), (SET_COOKIE, COOKIE)];
        let body = format!("{STYLE}{body}</main>");
        get(async move || (headers, body))
    };
    let routes = pages.iter().fold(Router::new(), |routes, (path, body)| routes.route(path, page(body)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let front = Front::open("page.example.com", address).await;
    let browser = Browser::start(&[&front]).await?;
    browser.open("https://page.example.com/").await;
    Some((browser, front))
}

/// What a check panics with, which it has to.
async fn failure(check: impl Future<Output = ()> + Send + 'static) -> String {
    let checked = tokio::spawn(check).await;
    let said = checked.expect_err("the check fails").into_panic().downcast::<String>();
    *said.expect("a text")
}

#[tokio::test]
async fn a_barrier_is_found_in_the_scheme_that_has_it() {
    let Some((browser, _front)) = showing("<p class=faint>Hardly to be read</p><input>").await else { return };
    browser.prefer(Scheme::Dark).await;
    let dark = browser.barriers().await.join("\n");
    browser.prefer(Scheme::Light).await;
    let light = browser.barriers().await.join("\n");
    assert!(dark.contains("label (critical)") && !dark.contains("color-contrast"), "{dark}");
    assert!(light.contains("color-contrast (serious)"), "{light}");
}

#[tokio::test]
async fn a_page_of_buttons_and_dates_can_be_used_with_the_keyboard() {
    let page = "<button>One</button><input type=date aria-label=Day><button tabindex=-1>No</button>
        <label><input type=radio name=r>a</label><label><input type=radio name=r checked>b</label><button disabled>No</button>";
    let Some((browser, _front)) = showing(page).await else { return };
    browser.expect_keyboard_suffices().await;
}

#[tokio::test]
async fn a_focus_that_is_not_seen_a_trap_and_an_order_of_its_own_are_caught() {
    for (second, finding) in [
        ("<button class=bare>Two</button>", "nothing shows that the focus is at <button class=\"bare\">"),
        ("<button onkeydown='event.preventDefault()'>Two</button>", "Tab does not get out of <button onkeydown"),
        ("<button tabindex=2>Two</button>", "has an order of its own: <button tabindex"),
        ("<button onfocus='this.blur()'>Two</button>", "Tab should be at <button onfocus"),
    ] {
        let page = format!("<button>One</button>{second}<button>Three</button>");
        let Some((browser, _front)) = showing(&page).await else { return };
        let said = failure(async move { browser.expect_keyboard_suffices().await }).await;
        assert!(said.contains(finding), "{finding}: {said}");
    }
}

#[tokio::test]
async fn a_page_wider_than_the_screen_is_caught() {
    let Some((browser, _front)) = showing("<div style='width: 500px'>Wide</div>").await else { return };
    let said = failure(async move { browser.take_pictures("harness").await }).await;
    assert!(said.contains("harness is wider than a screen of 400 pixels"), "{said}");
}

#[tokio::test]
async fn what_is_wider_than_its_place_or_too_small_to_be_met_is_caught() {
    let two = "<p style='line-height: 20px'><a href=/a style='display: inline-block; padding: 12px 0'>One</a><br><a href=/b>Two</a></p>";
    for (part, finding) in [
        ("<div style='overflow: auto'><div style='width: 500px'>Wide</div></div>", "has 500 px in "),
        ("<div style='margin-left: -50px'>Cut</div>", "reaches from -"),
        ("<details><summary style='padding: 12px'>More</summary><pre style='width: 500px'>Wide</pre></details>", "500"),
        ("<ul><li><a href=/a>By itself</a></li></ul>", "is met within less than 44 px"),
        ("<p>Error <a href=/a>by itself</a></p>", "is met within less than 44 px"),
        ("<p>In the middle of <button>a sentence</button> like this</p>", "is met within less than 44 px"),
        ("<label><input type=checkbox> A box</label>", "is met within less than 44 px"),
        (two, "href=\"/a\""),
    ] {
        let Some((browser, _front)) = showing(part).await else { return };
        let said = failure(async move { browser.expect_fits("harness").await }).await;
        assert!(said.contains(finding), "{finding}: {said}");
    }
}

#[tokio::test]
async fn a_link_within_a_sentence_and_what_is_padded_fit() {
    let page = "<p>It is made on <a href=/a>the page</a> of its server.</p>
        <ul><li><a href=/b style='display: inline-block; padding: 13px 0; min-width: 44px'>By itself</a></ul>
        <label style='display: inline-block; padding: 12px'><input type=checkbox> A box</label>";
    let Some((browser, _front)) = showing(page).await else { return };
    browser.expect_fits("harness").await;
}

#[tokio::test]
async fn a_breach_of_the_policy_fails_at_the_end_at_the_latest() {
    let Some((browser, _front)) = showing("<img alt='' src='/image.png'>").await else { return };
    let said = failure(async move { drop(browser) }).await;
    assert!(said.contains("security: https://page.example.com/ ") && said.contains("image.png"), "{said}");
}

#[tokio::test]
async fn errors_of_scripts_are_complaints_and_there_are_none_without_script() {
    let page = "<p id=said></p><script>said.textContent = 'A script ran'; nothing.at.all</script>";
    let Some((browser, _front)) = showing(page).await else { return };
    browser.sees("A script ran").await;
    let complaints = browser.complained().await;
    assert!(complaints.len() == 1 && complaints[0].contains("ReferenceError"), "{complaints:?}");
    browser.run_no_scripts().await;
    browser.reload().await;
    browser.find("heading", "A page").await;
    assert!(!browser.text().await.contains("A script ran"));
}

#[tokio::test]
async fn cookies_are_seen_that_no_script_sees() {
    let Some((browser, _front)) = showing("").await else { return };
    let cookies = browser.cookies().await;
    assert_eq!((cookies.len(), &cookies[0]["name"], &cookies[0]["httpOnly"]), (1, &json!("__Host-kept"), &json!(true)));
    assert_eq!(cookies[0]["partitionKey"]["topLevelSite"], "https://example.com", "{cookies:?}");
    browser.remove_cookies().await;
    assert_eq!(browser.cookies().await, Vec::<Value>::new());
}

#[tokio::test]
async fn frames_tabs_choices_and_keys_are_those_of_a_person() {
    let framed = "<label>Sort <select><option>one<option>two</select></label>";
    let page = "<iframe title=Within src=/framed></iframe><a href=/framed target=_blank>Beside</a>
        <form><label>Name <input name=n></label></form>";
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'";
    let Some((browser, _front)) = serve(&[("/", page), ("/framed", framed)], policy).await else { return };
    browser.enter_frame(&browser.find("Iframe", "Within").await).await;
    let choice = browser.labelled("Sort").await;
    choice.select("two").await;
    assert_eq!(choice.value().await, "two");
    browser.leave_frame().await;

    let known = browser.tabs().await;
    browser.find("link", "Beside").await.click().await;
    browser.go_to_new_tab(&known).await;
    browser.labelled("Sort").await;
    browser.close_tab(&known[0]).await;

    let name = browser.labelled("Name").await;
    name.click().await;
    browser.types("Ann").await;
    assert_eq!(name.value().await, "Ann");
    browser.press(Key::Enter).await;
    browser.sees("A page").await;
    assert_eq!(browser.address().await, "https://page.example.com/?n=Ann");
}
