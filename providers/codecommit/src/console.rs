//! The pages of the AWS console that people are sent to. Addresses only: nothing here is ever asked.

use countersign_sdk::BaseUrl;

/// The console of one region.
#[derive(Debug)]
pub struct Console {
    pub base: BaseUrl,
    pub region: String,
}

impl Console {
    /// All repositories of the region.
    pub fn repositories(&self) -> String {
        self.page(&[]).unwrap_or_default()
    }

    pub fn repository(&self, name: &str) -> String {
        self.page(&[name, "browse"]).unwrap_or_default()
    }

    /// Where a repository's default branch is chosen.
    pub fn settings(&self, repository: &str) -> String {
        self.page(&[repository, "settings"]).unwrap_or_default()
    }

    /// None for a name that no address can hold.
    pub fn branch(&self, repository: &str, name: &str) -> Option<String> {
        let mut parts = vec![repository, "browse", "refs", "heads"];
        parts.extend(name.split('/'));
        self.page(&parts)
    }

    pub fn pull_requests(&self, repository: &str) -> String {
        self.page(&[repository, "pull-requests"]).unwrap_or_default()
    }

    /// None for a number that no address can hold.
    pub fn pull_request(&self, repository: &str, number: &str) -> Option<String> {
        self.page(&[repository, "pull-requests", number, "details"])
    }

    fn page(&self, below: &[&str]) -> Option<String> {
        let home = ["codesuite", "codecommit", "repositories"];
        let page = self.base.url().segments(home.iter().chain(below).copied());
        page.query("region", &self.region).finish().ok()
    }
}
