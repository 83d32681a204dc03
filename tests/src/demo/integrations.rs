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
    GitLabCom,
    GitLabSelfManaged { version: &'static str, relative_root: &'static str },
    AzureDevOps { organization: &'static str },
    VisualStudio { organization: &'static str },
    Tfs { release: &'static str, directory: &'static str, collection: &'static str },
    CodeCommit { region: &'static str },
}

/// A filled-in credential form, and the account the git server knows it by.
#[derive(Debug)]
pub(super) struct Credential {
    /// As the stand-in knows the account.
    pub(super) login: &'static str,
    /// The same account as the git server shows it.
    pub(super) account: &'static str,
    /// Name and value, as the kind's credential form names them. The first is what a request shows.
    pub(super) fields: &'static [(&'static str, &'static str)],
}

impl Credential {
    /// What pages call it.
    pub(super) fn noun(&self) -> &'static str {
        if self.fields.iter().any(|(name, _)| *name == "access_key_id") { "access key" } else { "token" }
    }

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
            login: "jira-integration",
            account: "jira-integration",
            fields: &[("token", "ghp_demoRobotStandInTokenStandInToken0001")],
        },
        users: [
            Credential {
                login: "alice",
                account: "alice",
                fields: &[("token", "ghp_demoAliceStandInTokenStandInToken0001")],
            },
            Credential {
                login: "bob",
                account: "bob",
                fields: &[("token", "ghp_demoBobbyStandInTokenStandInToken0001")],
            },
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
            login: "jira-integration",
            account: "jira-integration",
            fields: &[("token", "ghp_demoRobotStandInTokenStandInToken0002")],
        },
        users: [
            Credential {
                login: "alice",
                account: "alice",
                fields: &[("token", "ghp_demoAliceStandInTokenStandInToken0002")],
            },
            Credential {
                login: "bob",
                account: "bob",
                fields: &[("token", "ghp_demoBobbyStandInTokenStandInToken0002")],
            },
        ],
    },
    Row {
        id: "gitlab",
        kind: "gitlab",
        name: "GitLab.com",
        server: Server::GitLabCom,
        hosts: &["gitlab.com"],
        settings: &[],
        repository: "acme/widgets",
        default_branch: "main",
        own: Credential {
            login: "jira-integration",
            account: "jira-integration",
            fields: &[("token", "glpat-demoRobotStandInToken0003")],
        },
        users: [
            Credential { login: "alice", account: "alice", fields: &[("token", "glpat-demoAliceStandInToken0003")] },
            Credential { login: "bob", account: "bob", fields: &[("token", "glpat-demoBobbyStandInToken0003")] },
        ],
    },
    Row {
        id: "gitlab-self-managed",
        kind: "gitlab-self-managed",
        name: "GitLab self-managed",
        server: Server::GitLabSelfManaged { version: "16.11.2", relative_root: "/gitlab" },
        hosts: &["git.example.com"],
        settings: &[("base_url", "https://git.example.com/gitlab")],
        repository: "acme/platform/widgets",
        default_branch: "main",
        own: Credential {
            login: "jira-integration",
            account: "jira-integration",
            fields: &[("token", "glpat-demoRobotStandInToken0004")],
        },
        users: [
            Credential { login: "alice", account: "alice", fields: &[("token", "glpat-demoAliceStandInToken0004")] },
            Credential { login: "bob", account: "bob", fields: &[("token", "glpat-demoBobbyStandInToken0004")] },
        ],
    },
    Row {
        id: "azure-devops",
        kind: "azure-devops",
        name: "Azure DevOps",
        server: Server::AzureDevOps { organization: "acme" },
        hosts: &["dev.azure.com", "vssps.dev.azure.com"],
        settings: &[("organization", "acme")],
        repository: "Platform/widgets",
        default_branch: "main",
        own: Credential {
            login: "jira-integration",
            account: "jira-integration@example.com",
            fields: &[(
                "token",
                "demoRobotStandInTokendemoRobotStandInTokendemoRobotStandInTokenStandInTokenStandInTokenJQQJ99AZDO0005",
            )],
        },
        users: [
            Credential {
                login: "alice",
                account: "alice@example.com",
                fields: &[(
                    "token",
                    "demoAliceStandInTokendemoAliceStandInTokendemoAliceStandInTokenStandInTokenStandInTokenJQQJ99AZDO0005",
                )],
            },
            Credential {
                login: "bob",
                account: "bob@example.com",
                fields: &[(
                    "token",
                    "demoBobbyStandInTokendemoBobbyStandInTokendemoBobbyStandInTokenStandInTokenStandInTokenJQQJ99AZDO0005",
                )],
            },
        ],
    },
    Row {
        id: "vsts",
        kind: "vsts",
        name: "Visual Studio Team Services",
        server: Server::VisualStudio { organization: "acme" },
        hosts: &["acme.visualstudio.com", "acme.vssps.visualstudio.com"],
        settings: &[("organization", "https://acme.visualstudio.com")],
        repository: "Platform/widgets",
        default_branch: "main",
        own: Credential {
            login: "jira-integration",
            account: "jira-integration@example.com",
            fields: &[(
                "token",
                "demoRobotStandInTokendemoRobotStandInTokendemoRobotStandInTokenStandInTokenStandInTokenJQQJ99AZDO0006",
            )],
        },
        users: [
            Credential {
                login: "alice",
                account: "alice@example.com",
                fields: &[(
                    "token",
                    "demoAliceStandInTokendemoAliceStandInTokendemoAliceStandInTokenStandInTokenStandInTokenJQQJ99AZDO0006",
                )],
            },
            Credential {
                login: "bob",
                account: "bob@example.com",
                fields: &[(
                    "token",
                    "demoBobbyStandInTokendemoBobbyStandInTokendemoBobbyStandInTokenStandInTokenStandInTokenJQQJ99AZDO0006",
                )],
            },
        ],
    },
    Row {
        id: "tfs",
        kind: "tfs",
        name: "Team Foundation Server",
        server: Server::Tfs { release: "2018.2", directory: "tfs", collection: "DefaultCollection" },
        hosts: &["tfs.example.com"],
        settings: &[("collection_url", "https://tfs.example.com/tfs/DefaultCollection"), ("version", "2018")],
        repository: "Platform/widgets",
        default_branch: "main",
        own: Credential {
            login: "jira-integration",
            account: "ACME\\jira-integration",
            fields: &[(
                "token",
                "demoRobotStandInTokendemoRobotStandInTokendemoRobotStandInTokenStandInTokenStandInTokenJQQJ99AZDO0007",
            )],
        },
        users: [
            Credential {
                login: "alice",
                account: "ACME\\alice",
                fields: &[(
                    "token",
                    "demoAliceStandInTokendemoAliceStandInTokendemoAliceStandInTokenStandInTokenStandInTokenJQQJ99AZDO0007",
                )],
            },
            Credential {
                login: "bob",
                account: "ACME\\bob",
                fields: &[(
                    "token",
                    "demoBobbyStandInTokendemoBobbyStandInTokendemoBobbyStandInTokenStandInTokenStandInTokenJQQJ99AZDO0007",
                )],
            },
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
            login: "jira-integration",
            account: "jira-integration",
            fields: &[
                ("access_key_id", "AKIADEMOROBOT0000008"),
                ("secret_access_key", "demoRobotStandInTokenStandInToken0000008"),
            ],
        },
        users: [
            Credential {
                login: "alice",
                account: "alice",
                fields: &[
                    ("access_key_id", "AKIADEMOALICE0000008"),
                    ("secret_access_key", "demoAliceStandInTokenStandInToken0000008"),
                ],
            },
            Credential {
                login: "bob",
                account: "bob",
                fields: &[
                    ("access_key_id", "AKIADEMOBOBBY0000008"),
                    ("secret_access_key", "demoBobbyStandInTokenStandInToken0000008"),
                ],
            },
        ],
    },
];
