//! The tour in a browser: another user at the demo's Jira, who does all of it in a dialog over the issue, and the administrator's
//! pages.

use serde_json::json;

use super::check::{Miss, Outcome};
use super::step::{Stopped, step, watched};
use crate::browser::{Browser, Cookies, Driver};
use crate::demo::integrations::{Credential, USERS, User};
use crate::demo::running::Demo;
use crate::demo::screen::Screen;
use crate::demo::world::Place;

const ADMINISTRATOR: &str = "administrator";
const DIALOG: &str = "Create branch";
const BRANCH: &str = "feature/ABC-1-in-a-dialog";
/// Which of the users it is: the one who has not saved a PAT yet.
const USER: usize = 1;

/// Plays it on every integration. Gives how many times it went wrong; where there is no browser, that is said, and nothing did.
pub(super) async fn play(demo: &Demo, screen: &Screen) -> usize {
    let User { name, .. } = USERS[USER];
    screen.heading(&format!("In a browser, with {name} at {}", demo.jira.page()));
    let driver = match tokio::task::spawn_blocking(Driver::start).await {
        Ok(Ok(driver)) => driver,
        Ok(Err(missing)) => {
            screen.skipped("all that is done in a browser", &missing.to_string());
            return 0;
        }
        Err(error) => {
            screen.failed("browser", "starts", "a driver", &error.to_string());
            return 1;
        }
    };
    let started = watched(async { Ok((Browser::of(&driver, Cookies::All, &[]).await, "Chromium".to_owned())) });
    let Ok(browser) = step(screen, "browser", "starts", started).await else { return 1 };
    let pages = Pages { demo, screen, browser: &browser };
    let mut missed = usize::from(pages.signs_in().await.is_err());
    for place in &demo.world.places {
        let bob = AtJira { pages: &pages, place, credential: &place.row.users[USER], user: name };
        missed += usize::from(bob.play().await.is_err());
    }
    screen.text("  All of them");
    missed += usize::from(pages.covered().await.is_err());
    let ended = watched(async { Ok((drop(browser), "none of its pages complained".to_owned())) });
    missed + usize::from(step(screen, "browser", "ends", ended).await.is_err())
}

/// What all of it is done with.
struct Pages<'a> {
    demo: &'a Demo,
    screen: &'a Screen,
    browser: &'a Browser,
}

impl Pages<'_> {
    async fn step<T>(&self, who: &str, what: &str, play: impl Future<Output = Outcome<T>>) -> Result<T, Stopped> {
        step(self.screen, who, what, watched(play)).await
    }

    async fn signs_in(&self) -> Result<(), Stopped> {
        let enter = async {
            self.browser.open(&self.demo.administered.admin_login_link).await;
            self.browser.find("button", "Sign in as demo administrator").await.click().await;
            self.browser.find("heading", "Manage Git repositories").await;
            Ok(((), "Manage Git repositories".to_owned()))
        };
        self.step(ADMINISTRATOR, "signs in with the link, which works once", enter).await
    }

    /// By now everybody has saved a PAT everywhere.
    async fn covered(&self) -> Result<(), Stopped> {
        let look = async {
            self.browser.open(&format!("{}/admin/coverage", self.demo.daemon.public_url())).await;
            self.browser.find("heading", "Coverage").await;
            let shown = self.browser.text().await;
            for place in &self.demo.world.places {
                let all = format!("{} 2 of 2 ", place.row.name);
                if !shown.contains(&all) {
                    return Err(Miss::new(all, shown));
                }
            }
            Ok(((), format!("2 of 2 people on each of {} integrations", self.demo.world.places.len())))
        };
        self.step(ADMINISTRATOR, "sees in Coverage who has a usable PAT", look).await
    }
}

/// Somebody at an issue, and one integration.
struct AtJira<'a> {
    pages: &'a Pages<'a>,
    place: &'a Place,
    credential: &'a Credential,
    user: &'static str,
}

impl AtJira<'_> {
    async fn play(&self) -> Result<(), Stopped> {
        let Self { pages, place, user, .. } = self;
        pages.screen.text(&format!("  {}", place.row.name));
        pages.step(user, "clicks Create branch, is told to save a PAT", self.is_told()).await?;
        pages.step(user, "sets it up in the dialog", self.sets_up()).await?;
        pages.step(user, "creates a branch, and Jira shows whose it is", self.creates_branch()).await?;
        pages.step("git server", "has the branch, by that account", self.branch_stands()).await
    }

    async fn is_told(&self) -> Outcome<()> {
        let (browser, row) = (self.pages.browser, self.place.row);
        browser.open(&format!("{}?as={}", self.pages.demo.jira.page(), self.user.to_lowercase())).await;
        browser.find("button", DIALOG).await.click().await;
        browser.enter_frame(&browser.find("Iframe", DIALOG).await).await;
        browser.find("button", &format!("{} {}", row.repository, row.name)).await.click().await;
        browser.sees(&format!("{} of your own.", self.credential.noun())).await;
        if browser.find("button", DIALOG).await.is_enabled().await {
            return Err(Miss::new("a button that cannot be pressed", "one that can"));
        }
        Ok(((), format!("{}: needs {}'s own {}", row.repository, self.user, self.credential.noun())))
    }

    async fn sets_up(&self) -> Outcome<()> {
        let browser = self.pages.browser;
        browser.find("button", "Set it up first").await.click().await;
        let save = browser.find("button", "Update").await;
        for (field, value) in self.credential.fields {
            let label = "return document.getElementsByName(arguments[0])[0].labels[0].innerText;";
            let label = browser.script(label, json!([field])).await;
            browser.labelled(label.as_str().unwrap_or_default()).await.fill(value).await;
        }
        save.click().await;
        let account = &self.credential.account;
        browser.sees(&format!("What you create here is now created as {account} on ")).await;
        Ok(((), format!("saved, as account {account}")))
    }

    async fn creates_branch(&self) -> Outcome<()> {
        let browser = self.pages.browser;
        browser.find("link", "Back to: Create branch").await.click().await;
        let Credential { account, .. } = self.credential;
        browser.sees(&format!("With your own {}, as {account}.", self.credential.noun())).await;
        browser.labelled("Branch name").await.fill(BRANCH).await;
        browser.find("button", DIALOG).await.click().await;
        browser.sees(&format!("Credited to {}.", self.credential.account)).await;
        browser.leave_frame().await;
        let shown = format!("Branch {BRANCH} at {}, by {}", self.place.row.name, self.credential.login);
        browser.sees(&shown).await;
        Ok(((), shown))
    }

    async fn branch_stands(&self) -> Outcome<()> {
        let line = self.place.git().git(&["show-ref", "--verify", &format!("refs/heads/{BRANCH}")])?;
        let made_by = self.place.who_made_branch(BRANCH);
        if made_by.as_deref() != Some(self.credential.login) {
            return Err(Miss::new(self.credential.login, format!("{made_by:?}")));
        }
        Ok(((), format!("git show-ref: {}", line.trim())))
    }
}
