//! How an integration's branches are to be called: what administrators say beside the git server's own rules.
//!
//! Suggestions only. A name that a user chose is held to git and to the git server, never to what is said here.

use super::{BranchFacts, BranchName, BranchRules, BranchTemplate, Letters, MaxLength, Separator};

/// How names are suggested for an integration's branches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BranchNaming {
    /// When it is not the default.
    pub template: Option<BranchTemplate>,
    pub separator: Separator,
    pub letters: Letters,
    /// When it is less than the git server's own.
    pub max_length: Option<MaxLength>,
}

impl BranchNaming {
    /// `template` stands before the integration's own, where there is one.
    pub fn suggest(
        &self,
        template: Option<&BranchTemplate>,
        facts: &BranchFacts<'_>,
        rules: &BranchRules,
    ) -> BranchName {
        let default = BranchTemplate::default();
        let template = template.or(self.template.as_ref()).unwrap_or(&default);
        let max_bytes = self.max_length.map_or(rules.max_bytes, |max| max.bytes().min(rules.max_bytes));
        template.suggest(facts, self.separator, self.letters, &BranchRules { max_bytes, ..rules.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IssueKey, UserNames};

    const RULES: BranchRules = BranchRules { max_bytes: 40, refuses_commit_ids: true, case_insensitive: true };

    fn naming(template: &str, separator: &str, max_length: Option<u32>) -> BranchNaming {
        BranchNaming {
            template: Some(template).filter(|text| !text.is_empty()).map(|text| BranchTemplate::parse(text).unwrap()),
            separator: separator.parse().unwrap(),
            letters: Letters::Any,
            max_length: max_length.map(|bytes| bytes.try_into().unwrap()),
        }
    }

    fn suggest(naming: &BranchNaming, key: &str, summary: &str, mapped: Option<&str>) -> String {
        let issue = IssueKey::parse(key).unwrap();
        let user = UserNames::default();
        let (issue_type, base) = (Some("Bug"), Some("release/1.2"));
        let facts = BranchFacts { issue: &issue, summary, issue_type, base, user: &user };
        let mapped = mapped.map(|text| BranchTemplate::parse(text).unwrap());
        let name = naming.suggest(mapped.as_ref(), &facts, &RULES);
        assert!(name.fits(&RULES).is_ok(), "{name}");
        name.to_string()
    }

    #[test]
    fn separator_length_and_template_are_the_integrations() {
        for (template, separator, max_length, expected) in [
            ("", "-", None, "bugfix/AB-7-log-in-with-a-passkey-please"),
            ("", "_", None, "bugfix/AB-7-log_in_with_a_passkey_please"),
            ("", ".", Some(24), "bugfix/AB-7-log.in.with"),
            ("", "-", Some(255), "bugfix/AB-7-log-in-with-a-passkey-please"),
            ("${issuekey}_${basebranch}", "_", None, "AB-7_release_1_2"),
        ] {
            let naming = naming(template, separator, max_length);
            assert_eq!(suggest(&naming, "AB-7", "Log in with a passkey, please!", None), expected);
        }
    }

    #[test]
    fn a_template_given_stands_before_the_integrations_own() {
        let naming = naming("own/${issuekey}", "-", None);
        assert_eq!(suggest(&naming, "AB-7", "x", None), "own/AB-7");
        assert_eq!(suggest(&naming, "AB-7", "x", Some("mapped/${issuekey}")), "mapped/AB-7");
    }

    #[test]
    fn the_key_survives_the_smallest_length() {
        let naming = naming("", "-", Some(20));
        assert_eq!(suggest(&naming, "AB-7", "Log in with a passkey", None), "bugfix/AB-7-log-in-w");
        assert_eq!(suggest(&naming, "ABCDEFGH-123", "Log in", None), "bugfix/ABCDEFGH-123");
        assert_eq!(suggest(&naming, "ABCDEFGH-12345", "Log in", None), "ABCDEFGH-12345");
        // Jira finds the branch by it: it is never cut.
        assert_eq!(suggest(&naming, "ABCDEFGHIJKLMNOP-12345678", "Log in", None), "ABCDEFGHIJKLMNOP-12345678");
    }

    /// The key has a dash, so that no name with it is `HEAD` or of nothing but hexadecimal digits; words have none in front.
    #[test]
    fn no_suggestion_is_a_commit_id_or_anything_else_git_reads_in_its_own_way() {
        let hexadecimal = "0123456789abcdef".repeat(4);
        let bare = naming("${summary}${issuekey}", "-", None);
        assert_eq!(suggest(&bare, "AB-7", &hexadecimal, None), format!("{}AB-7", &hexadecimal[..36]));
        assert_eq!(suggest(&bare, "AB-7", "HEAD", None), "headAB-7");
        assert_eq!(
            suggest(&naming("-${basebranch}/${issuekey}", ".", None), "HEAD-1", "--x", None),
            "release.1.2/HEAD-1"
        );
        assert_eq!(suggest(&naming("${issuetype:default=HEAD}/${issuekey}", "-", None), "A-1", "", None), "HEAD/A-1");
    }
}
