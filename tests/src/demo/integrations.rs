//! The table of the demo: one row for each integration. A new kind is a row here and a stand-in in [`super::world`].
//!
//! Every credential is a text of ours that opens nothing anywhere, and none stands in two rows, so that a record shows which
//! one was used.

/// The Jira project the integrations are open to.
pub(super) const PROJECT: &str = "ABC";
/// An issue of it.
pub(super) const ISSUE: &str = "ABC-1";

/// A Jira user, by the sort of id Jira Cloud gives people: opaque, and no name in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct User {
    pub(super) name: &'static str,
    pub(super) id: &'static str,
}

pub(super) const USERS: [User; 2] = [
    User { name: "Alice", id: "5b10a2844c20165700ede21a" },
    User { name: "Bob", id: "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077" },
];

/// One integration, the stand-in that answers for it, and who may do what there.
#[derive(Debug)]
pub(super) struct Row {
    /// Id of the integration.
    pub(super) id: &'static str,
    /// As the provider names it.
    pub(super) kind: &'static str,
    /// Name of the integration, for people.
    pub(super) name: &'static str,
    pub(super) server: Server,
    /// Host names the provider calls, over TLS; they lead to the stand-in and nowhere else. The first is the one shown.
    pub(super) hosts: &'static [&'static str],
    /// The filled-in settings form of the kind.
    pub(super) settings: &'static [(&'static str, &'static str)],
    /// As the API names it.
    pub(super) repository: &'static str,
    pub(super) default_branch: &'static str,
    /// The integration account's.
    pub(super) own: Credential,
    /// In the order of [`USERS`].
    pub(super) users: [Credential; USERS.len()],
}

impl Row {
    /// Everybody with a credential: the users, then the integration account.
    pub(super) fn everybody(&self) -> impl Iterator<Item = &Credential> {
        self.users.iter().chain([&self.own])
    }
}

/// What stands in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Server {
    GitHubCom,
    GitHubEnterprise { version: &'static str },
    CodeCommit { region: &'static str },
}

/// A filled-in credential form, and the account the git server knows it by.
#[derive(Debug)]
pub(super) struct Credential {
    /// Login.
    pub(super) account: &'static str,
    /// Name and value, as the kind's credential form names them. The first is what a request shows.
    pub(super) fields: &'static [(&'static str, &'static str)],
}

impl Credential {
    /// The value by which a request is known to carry this credential: a token, or the id of an access key.
    pub(super) fn shown(&self) -> &'static str {
        self.fields.first().map_or("", |(_, value)| value)
    }

    /// The value of a field; empty where it is not filled in.
    pub(super) fn field(&self, name: &str) -> &'static str {
        self.fields.iter().find(|(field, _)| *field == name).map_or("", |(_, value)| value)
    }
}

pub(super) const INTEGRATIONS: &[Row] = &[
    Row {
        id: "github",
        kind: "github",
        name: "GitHub.com",
        server: Server::GitHubCom,
        hosts: &["api.github.com"],
        settings: &[],
        repository: "acme/widgets",
        default_branch: "main",
        own: Credential {
            account: "jira-integration",
            fields: &[("token", "ghp_demoRobotStandInTokenStandInToken0001")],
        },
        users: [
            Credential { account: "alice", fields: &[("token", "ghp_demoAliceStandInTokenStandInToken0001")] },
            Credential { account: "bob", fields: &[("token", "ghp_demoBobbyStandInTokenStandInToken0001")] },
        ],
    },
    Row {
        id: "github-enterprise",
        kind: "github-enterprise",
        name: "GitHub Enterprise Server",
        server: Server::GitHubEnterprise { version: "3.16.2" },
        hosts: &["github.example.com"],
        settings: &[("base_url", "https://github.example.com")],
        repository: "acme/widgets",
        default_branch: "main",
        own: Credential {
            account: "jira-integration",
            fields: &[("token", "ghp_demoRobotStandInTokenStandInToken0002")],
        },
        users: [
            Credential { account: "alice", fields: &[("token", "ghp_demoAliceStandInTokenStandInToken0002")] },
            Credential { account: "bob", fields: &[("token", "ghp_demoBobbyStandInTokenStandInToken0002")] },
        ],
    },
    Row {
        id: "codecommit",
        kind: "codecommit",
        name: "AWS CodeCommit",
        server: Server::CodeCommit { region: "eu-central-1" },
        hosts: &["codecommit.eu-central-1.amazonaws.com", "sts.eu-central-1.amazonaws.com"],
        settings: &[("region", "eu-central-1")],
        repository: "widgets",
        default_branch: "main",
        own: Credential {
            account: "jira-integration",
            fields: &[
                ("access_key_id", "AKIADEMOROBOT0000008"),
                ("secret_access_key", "demoRobotStandInTokenStandInToken0000008"),
            ],
        },
        users: [
            Credential {
                account: "alice",
                fields: &[
                    ("access_key_id", "AKIADEMOALICE0000008"),
                    ("secret_access_key", "demoAliceStandInTokenStandInToken0000008"),
                ],
            },
            Credential {
                account: "bob",
                fields: &[
                    ("access_key_id", "AKIADEMOBOBBY0000008"),
                    ("secret_access_key", "demoBobbyStandInTokenStandInToken0000008"),
                ],
            },
        ],
    },
];
