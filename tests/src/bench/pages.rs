//! What people wait for: first pages and the repository browser, through the daemon's own HTTP on loopback.
//!
//! The client is one connection, as a browser's is that shows one page; time ends with the last byte of the page. What the git
//! server took for its answers is known, and what is left is our own: both sides of the sandbox, the store, the page.

mod browser;
mod served;

use std::time::{Duration, Instant};

use anyhow::ensure;
use model::PageName;
use sandbox::Engine;

pub(super) use self::browser::Weight;
use self::browser::{Browser, Page};
use self::served::{JIRA, Served};
use super::git_server::{Asked, GitServer, NOUNS, REPOSITORY};
use super::samples::Samples;

/// Visits and page loads of each sort.
const LOADS: usize = 200;
/// Before them: opens the connection to the git server, among other things.
const WARM_UP: usize = 10;

/// What was found, of one page each.
pub(super) struct Pages {
    /// The dialog, from the one-time link to the page.
    pub(super) create_branch: Shown,
    /// The list of integrations, in the same way.
    pub(super) admin: Shown,
    /// The repository browser's first page without a search.
    pub(super) listing: Shown,
    /// The same with one, where no owners are named to search among.
    pub(super) search_among_unnamed: Shown,
    /// The same with one, where they are.
    pub(super) search: Shown,
    /// What the dialog's field finds among those, which is a part of a page.
    pub(super) picker: Shown,
}

/// One page, loaded many times.
#[derive(Default)]
pub(super) struct Shown {
    /// Until the whole page was there.
    pub(super) complete: Samples,
    /// The same without what the git server took.
    pub(super) own: Samples,
    /// Most requests to the git server for one page.
    pub(super) requests: usize,
    /// Of a page with all it refers to.
    pub(super) weight: Option<Weight>,
}

impl Shown {
    fn push(&mut self, took: Duration, before: Asked, after: Asked) {
        self.complete.push(took);
        self.own.push(took.saturating_sub(after.took.saturating_sub(before.took)));
        self.requests = self.requests.max(after.requests - before.requests);
    }
}

pub(super) async fn measure(engine: &Engine, component: &[u8], git_server: &GitServer) -> anyhow::Result<Pages> {
    let served = Served::start(engine, component, git_server.address).await?;
    let link = async || served.page_link(PageName::CreateBranch).await;
    let create_branch = opened(&served, git_server, Some(JIRA), link, REPOSITORY).await?;
    let login_link = async || served.login_link().await;
    let admin = opened(&served, git_server, None, login_link, "GitHub Enterprise Server").await?;
    let (mut browser, at) = visit(&served, PageName::Repositories).await?;
    let listing = loaded(&mut browser, git_server, |_| (at.clone(), "-service-".into())).await?;
    let found = |word: &str| format!("/{word}-service-");
    let searched = |word: &str| (format!("{at}?find={word}"), found(word));
    let search_among_unnamed = loaded(&mut browser, git_server, searched).await?;
    served.name_owners().await?;
    let search = loaded(&mut browser, git_server, searched).await?;
    let (mut browser, at) = visit(&served, PageName::CreateBranch).await?;
    let typed = |word: &str| (format!("{at}?part=results&find={word}"), found(word));
    let picker = loaded(&mut browser, git_server, typed).await?;
    Ok(Pages { create_branch, admin, listing, search_among_unnamed, search, picker })
}

/// Opens one-time links, each with a connection and a jar of its own. `tells`: what is on the page if it is the right one.
async fn opened(
    served: &Served,
    git_server: &GitServer,
    origin: Option<&str>,
    link: impl AsyncFn() -> anyhow::Result<String>,
    tells: &str,
) -> anyhow::Result<Shown> {
    let mut shown = Shown::default();
    for load in 0..WARM_UP + LOADS {
        let (link, before, started) = (link().await?, git_server.asked(), Instant::now());
        let mut browser = Browser::connect(served.address).await?;
        let Page { path, html } = browser.post(&link, origin).await?;
        let took = started.elapsed();
        ensure!(html.contains(tells), "{path} does not tell of {tells}");
        if load < WARM_UP {
            shown.weight = Some(browser.weigh(&path).await?);
        } else {
            shown.push(took, before, git_server.asked());
        }
    }
    Ok(shown)
}

/// Somebody on a page, and where it is.
async fn visit(served: &Served, page: PageName) -> anyhow::Result<(Browser, String)> {
    let mut browser = Browser::connect(served.address).await?;
    let at = browser.post(&served.page_link(page).await?, Some(JIRA)).await?.path;
    Ok((browser, at))
}

/// Loads pages of a visit, with another word to search for each time. `page`: the address for a word, and what is on that page.
async fn loaded(
    browser: &mut Browser,
    git_server: &GitServer,
    page: impl Fn(&str) -> (String, String),
) -> anyhow::Result<Shown> {
    let mut shown = Shown::default();
    for (load, word) in NOUNS.iter().cycle().take(WARM_UP + LOADS).enumerate() {
        let ((address, tells), before, started) = (page(word), git_server.asked(), Instant::now());
        let Page { path, html } = browser.get(&address).await?;
        let (took, after) = (started.elapsed(), git_server.asked());
        ensure!(html.contains(&tells), "{path} does not tell of {tells}");
        if load >= WARM_UP {
            shown.push(took, before, after);
        }
    }
    Ok(shown)
}
