//! The pages of the AWS console that people are sent to. Addresses only: nothing here is ever asked.

use countersign_sdk::{BaseUrl, Url};

/// The console of one region.
#[derive(Debug)]
pub struct Console {
    pub base: BaseUrl,
    pub region: String,
}

impl Console {
    /// All repositories of the region.
    pub fn repositories(&self) -> String {
        self.finished(self.home()).unwrap_or_default()
    }

    pub fn repository(&self, id: &str) -> String {
        self.finished(self.home().segments([id, "browse"])).unwrap_or_default()
    }

    /// Where a repository's default branch is chosen.
    pub fn settings(&self, id: &str) -> String {
        self.finished(self.home().segments([id, "settings"])).unwrap_or_default()
    }

    /// None for a name that no address can hold.
    pub fn branch(&self, id: &str, name: &str) -> Option<String> {
        self.finished(self.home().segments([id, "browse", "refs", "heads"]).path(name))
    }

    pub fn pull_requests(&self, id: &str) -> String {
        self.finished(self.home().segments([id, "pull-requests"])).unwrap_or_default()
    }

    /// None for a number that no address can hold.
    pub fn pull_request(&self, id: &str, number: &str) -> Option<String> {
        self.finished(self.home().segments([id, "pull-requests", number, "details"]))
    }

    fn home(&self) -> Url {
        self.base.url().segments(["codesuite", "codecommit", "repositories"])
    }

    fn finished(&self, page: Url) -> Option<String> {
        page.query("region", &self.region).finish().ok()
    }
}
