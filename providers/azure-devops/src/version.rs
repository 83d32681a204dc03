//! Which version of the REST API an integration speaks, and what a server says to one it does not know.
//!
//! The version is settled once, by the kind or by what the administrator chose, and never guessed from an answer: older
//! versions keep working on newer servers, and a server too old for the choice says so.

/// A server's version as an administrator chooses it, and the newest released API version it surely speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// The choice; empty for the hosted service, which has none.
    pub choice: &'static str,
    /// As requests name it.
    pub api: &'static str,
    major: u8,
}

/// Azure DevOps Services, under both its hosts.
pub const HOSTED: Version = version("", "7.1", 7);

/// Oldest first.
pub const SERVERS: [Version; 7] = [
    version("2013", "1.0", 1),
    version("2015", "2.0", 2),
    version("2017", "3.0", 3),
    version("2018", "4.0", 4),
    version("2019", "5.0", 5),
    version("2020", "6.0", 6),
    version("2022", "7.0", 7),
];

const fn version(choice: &'static str, api: &'static str, major: u8) -> Version {
    Version { choice, api, major }
}

impl Version {
    pub fn of_choice(choice: &str) -> Option<Self> {
        SERVERS.into_iter().find(|version| version.choice == choice)
    }

    /// Personal access tokens came with Team Foundation Server 2017.
    pub fn has_tokens(self) -> bool {
        self.major >= 3
    }

    /// A branch is counted from another than the default one since Team Foundation Server 2018.
    pub fn is_2018_or_later(self) -> bool {
        self.major >= 4
    }

    /// Pages of references, drafts, pull request templates and the present page of tokens came with Azure DevOps Server 2019.
    pub fn is_2019_or_later(self) -> bool {
        self.major >= 5
    }
}

/// The choice that fits a server by its own refusal of a newer version: `… The latest REST API version this server supports
/// is 5.1.` None where it does not say, or where none fits.
pub fn fitting(refusal: &str) -> Option<Version> {
    let (_, ceiling) = refusal.split_once("supports is ")?;
    let major: u8 = ceiling.split('.').next()?.trim().parse().ok()?;
    SERVERS.into_iter().rev().find(|version| version.major <= major)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_s_ceiling_names_the_choice_that_fits() {
        let fits = |ceiling: &str| {
            let refusal = format!(
                "The requested REST API version of 7.0 is out of range for this server. The latest REST API version this server supports is {ceiling}."
            );
            fitting(&refusal).map(|version| version.choice)
        };
        assert_eq!(fits("5.1"), Some("2019"));
        assert_eq!(fits("6.1"), Some("2020"));
        assert_eq!(fits("2.3"), Some("2015"));
        assert_eq!(fits("9.2"), Some("2022"));
        assert_eq!(fits("0.9"), None);
        assert_eq!(fits("new"), None);
        assert_eq!(fitting("Out of range."), None);
    }

    #[test]
    fn choices_ascend_with_their_api_versions() {
        assert!(SERVERS.is_sorted_by_key(|version| version.major));
        for version in SERVERS.iter().chain([&HOSTED]) {
            assert_eq!(version.api.split('.').next(), Some(version.major.to_string().as_str()));
        }
    }
}
