//! Who and what this Jira has. The issues are always the same; people and integrations are those of whoever starts it.

/// Everybody and everything on the pages.
pub struct Cast {
    /// Key of the one project.
    pub project: String,
    /// The first is who somebody is who did not choose.
    pub people: Vec<Person>,
    pub integrations: Vec<Integration>,
    pub development: Development,
}

/// Tells what git servers have for an issue, by its key. Asked for every view, and may block.
pub type Development = Box<dyn Fn(&str) -> Vec<Made> + Send + Sync>;

/// A Jira user.
#[derive(Debug, Clone)]
pub struct Person {
    /// As addresses of this Jira name her.
    pub handle: String,
    pub name: String,
    /// Jira's immutable id, the `sub` of tokens.
    pub id: String,
    /// What she would copy from each git server: there is none to copy it from.
    pub to_paste: Vec<ToPaste>,
}

/// One value of one credential.
#[derive(Debug, Clone)]
pub struct ToPaste {
    pub integration: String,
    pub field: String,
    pub value: String,
}

/// An integration that is open to the project.
#[derive(Debug, Clone)]
pub struct Integration {
    pub id: String,
    pub name: String,
    pub repository: String,
}

/// A branch or a pull request that belongs to an issue.
#[derive(Debug, Clone)]
pub struct Made {
    /// `Branch`, `Pull request`.
    pub what: &'static str,
    pub name: String,
    /// Name of the integration.
    pub at: String,
    /// Account the git server credits; none where nobody made it through its API.
    pub by: Option<String>,
}

/// An issue of the project.
#[derive(Debug, Clone, Copy)]
pub struct Issue {
    /// What follows the project in its key.
    pub number: u32,
    pub kind: &'static str,
    pub status: &'static str,
    pub summary: &'static str,
    pub description: &'static str,
}

/// What people write: the usual, what looks like HTML, from right to left, and too much.
pub const ISSUES: &[Issue] = &[
    Issue {
        number: 1,
        kind: "Story",
        status: "In progress",
        summary: "Log in with a passkey",
        description: "As somebody with a phone, I want to log in without typing a password.",
    },
    Issue {
        number: 2,
        kind: "Bug",
        status: "To do",
        summary: "Price shows <b>NaN</b> & \"n/a\" for sizes such as 7½ or Größe L",
        description: "Seen with every currency that has no cents. </p><script>alert('not run')</script>",
    },
    Issue {
        number: 3,
        kind: "Task",
        status: "To do",
        summary: "عرض أرقام الطلبات بالعربية (PDF)",
        description: "Order forms are printed in the customer's language, from right to left.",
    },
    Issue {
        number: 4,
        kind: "Improvement",
        status: "To do",
        summary: "Search finds orders by customer, by number, by anything that was ever written into the comment of a position, \
                  and also by what the customer calls the article where that is not what we call it",
        description: "One line was not enough to say it, which is what this issue is about.",
    },
];

impl Cast {
    /// Whoever is called so in an address, or the first.
    pub fn person(&self, handle: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.handle == handle).or(self.people.first())
    }

    /// The issue with this key.
    pub fn issue(&self, key: &str) -> Option<&'static Issue> {
        ISSUES.iter().find(|issue| self.key(issue) == key)
    }

    /// `ABC-1`.
    pub fn key(&self, issue: &Issue) -> String {
        format!("{}-{}", self.project, issue.number)
    }
}
