//! A Jira user's browser: a one-time link that is opened, the cookie that comes of it, and the forms of the pages behind.

use std::sync::Arc;

use http::Method;

use super::answer::Answer;
use super::client::{Call, Door};
use super::fixed::PUBLIC_URL;

/// Somebody's stay on her pages.
pub struct Visit {
    door: Arc<Door>,
    /// Path of its first page.
    pub path: String,
    cookie: String,
    proof: String,
}

impl Visit {
    /// Opens a link as a browser does that keeps cookies: looks, presses the button, and goes where it is sent.
    pub(super) async fn begin(door: Arc<Door>, link: &str) -> Visit {
        let link = link.strip_prefix(PUBLIC_URL).expect("a link to this daemon");
        let asks = Call::new(door.clone(), Method::GET, link).await.expect(200);
        assert!(asks.text.contains("Continue as"), "{}", asks.text);
        let begun = posting(&door, link).await.expect(303);
        let (location, cookie) = (begun.header("location").expect("a way on"), begun.header("set-cookie"));
        let cookie = cookie.and_then(|line| line.split(';').next()).expect("a cookie").to_owned();
        let settled = Call::new(door.clone(), Method::GET, location).header("cookie", &cookie).await.expect(303);
        let path = settled.header("location").expect("a way on").to_owned();
        let mut visit = Visit { door, path, cookie, proof: String::new() };
        let page = visit.get().await.expect(200);
        let proof = page.text.split_once("name=\"proof\" value=\"").and_then(|(_, rest)| rest.split_once('"'));
        proof.expect("a form with a proof").0.clone_into(&mut visit.proof);
        visit
    }

    /// Its first page.
    pub fn get(&self) -> Call {
        Call::new(self.door.clone(), Method::GET, &self.path).header("cookie", &self.cookie)
    }

    /// Sends the form of that page: what is filled in, as browsers write it.
    pub fn post(&self, form: &str) -> Call {
        let form = format!("{form}&proof={}", self.proof);
        let call = posting(&self.door, &self.path).header("cookie", &self.cookie);
        call.body("application/x-www-form-urlencoded", form)
    }

    /// Sends it, and looks at what came of it where the answer leads.
    pub async fn post_and_see(&self, form: &str) -> Answer {
        let sent = self.post(form).await.expect(303);
        let location = sent.header("location").expect("a way on").to_owned();
        Call::new(self.door.clone(), Method::GET, &location).header("cookie", &self.cookie).await
    }
}

fn posting(door: &Arc<Door>, path: &str) -> Call {
    let call = Call::new(door.clone(), Method::POST, path);
    call.header("origin", PUBLIC_URL).header("sec-fetch-site", "same-origin")
}
