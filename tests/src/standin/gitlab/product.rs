//! What differs between GitLab.com and self-managed GitLab, between versions and between editions.

/// The version GitLab.com says it runs: always ahead of what can be installed.
const CLOUD_VERSION: &str = "18.7.0-pre";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    pub cloud: bool,
    /// As `/version` says it: `16.11.2`.
    pub version: String,
    /// What stands between the origin and everything else: empty, or `/gitlab`.
    pub relative_root: String,
    /// The free edition: one reviewer per merge request, no templates in settings, none of groups or the instance.
    pub free: bool,
}

impl Product {
    pub(super) fn cloud() -> Product {
        Product { cloud: true, version: CLOUD_VERSION.to_owned(), relative_root: String::new(), free: false }
    }

    pub(super) fn self_managed(version: &str) -> Product {
        Product { cloud: false, version: version.to_owned(), ..Product::cloud() }
    }

    /// What stands between the origin and an API path.
    pub fn api_prefix(&self) -> String {
        format!("{}/api/v4", self.relative_root)
    }

    /// Path of a repository's web page below the origin. GitLab 12 put a dash in front of everything that is not the
    /// repository's own name.
    pub(super) fn page(&self, full_name: &str, page: &str) -> String {
        let dash = if self.since(12, 0) { "/-" } else { "" };
        format!("{}/{full_name}{dash}/{page}", self.relative_root)
    }

    pub(super) fn since(&self, major: u32, minor: u32) -> bool {
        self.numbers().is_some_and(|numbers| numbers >= (major, minor))
    }

    /// Major and minor; none where the text is no version.
    pub(super) fn numbers(&self) -> Option<(u32, u32)> {
        let mut numbers = self.version.split(['.', '-']);
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::Product;

    #[test]
    fn versions_are_compared_as_numbers() {
        let since = |version: &str| Product::self_managed(version).since(15, 5);
        assert!(since("15.5.0") && since("15.11") && since("16.0.1-ee") && Product::cloud().since(15, 5));
        assert!(!since("15.4.6") && !since("9.5.0") && !since("newest"));
    }

    #[test]
    fn pages_have_a_dash_since_twelve() {
        let page = |version: &str| Product::self_managed(version).page("acme/widgets", "merge_requests/1");
        assert_eq!(page("11.11.0"), "/acme/widgets/merge_requests/1");
        assert_eq!(page("12.0.0"), "/acme/widgets/-/merge_requests/1");
    }
}
