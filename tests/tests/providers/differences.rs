//! What a git server does not have, with the reason: the one list of rows that say so instead of checking.

use countersign_tests::daemon::{AzureServer, CodeCommitServer, GitHubServer, GitLabServer, Holder, Place, Server};

fn reasons<S: Server>(server: S) -> Vec<String> {
    let places = [Place::Widgets, Place::Renamed, Place::Empty, Place::Archived, Place::Missing];
    let holders = [Holder::Integration, Holder::Alice, Holder::AliceReading, Holder::AliceExpired, Holder::Bob];
    let traits = server.traits();
    let absent =
        |what: String, reason: Option<&str>| reason.map(|reason| format!("{}, {what}: {reason}", server.kind()));
    let mut found = Vec::new();
    found.extend(places.iter().filter_map(|place| absent(format!("{place:?}"), server.repository(*place).err())));
    found.extend(holders.iter().filter_map(|holder| absent(format!("{holder:?}"), server.credential(*holder).err())));
    for (what, has) in [
        ("pages of repositories", traits.pages_repositories),
        ("pages of branches", traits.pages_branches),
        ("emptiness", traits.tells_empty),
        ("expiry", traits.tells_expiry),
        ("revocation", traits.revokes),
        ("counts of commits", traits.counts_commits),
        ("drafts", traits.drafts),
        ("reviewers", traits.reviewers),
        ("templates", traits.templates.map(drop)),
        ("forms filled in", traits.fills_forms.map(drop)),
    ] {
        found.extend(absent(what.to_owned(), has.err()));
    }
    found
}

#[test]
fn what_a_git_server_does_not_have_is_listed_with_its_reason() {
    let mut all = Vec::new();
    for server in GitHubServer::ALL {
        all.extend(reasons(server));
    }
    for server in [GitLabServer::Cloud, GitLabServer::SelfManaged] {
        all.extend(reasons(server));
    }
    for server in [AzureServer::Services, AzureServer::VisualStudio, AzureServer::Server2022, AzureServer::Tfs2018] {
        all.extend(reasons(server));
    }
    all.extend(reasons(CodeCommitServer));
    assert_eq!(all.join("\n"), EXPECTED.join("\n"));
}

const EXPECTED: &[&str] = &[
    "github, emptiness: GitHub names a default branch also while there is no commit",
    "github, revocation: GitHub has no request by which a personal access token ends itself",
    "github-enterprise, emptiness: GitHub names a default branch also while there is no commit",
    "github-enterprise, revocation: GitHub has no request by which a personal access token ends itself",
    "azure-devops, Renamed: a former name leads nowhere; the id, which the list gives, survives a renaming",
    "azure-devops, pages of repositories: Azure DevOps gives all repositories in one answer",
    "azure-devops, expiry: a personal access token cannot ask when it ends",
    "azure-devops, revocation: the interface for the life of tokens does not take one",
    "azure-devops, forms filled in: the page of tokens takes nothing in its address",
    "vsts, Renamed: a former name leads nowhere; the id, which the list gives, survives a renaming",
    "vsts, pages of repositories: Azure DevOps gives all repositories in one answer",
    "vsts, expiry: a personal access token cannot ask when it ends",
    "vsts, revocation: the interface for the life of tokens does not take one",
    "vsts, forms filled in: the page of tokens takes nothing in its address",
    "tfs, Renamed: a former name leads nowhere; the id, which the list gives, survives a renaming",
    "tfs, pages of repositories: Azure DevOps gives all repositories in one answer",
    "tfs, expiry: a personal access token cannot ask when it ends",
    "tfs, revocation: the interface for the life of tokens does not take one",
    "tfs, forms filled in: the page of tokens takes nothing in its address",
    "tfs, Renamed: a former name leads nowhere; the id, which the list gives, survives a renaming",
    "tfs, Archived: repositories can be disabled since 2022",
    "tfs, pages of repositories: Azure DevOps gives all repositories in one answer",
    "tfs, pages of branches: until Azure DevOps Server 2019 all branches come in one answer",
    "tfs, expiry: a personal access token cannot ask when it ends",
    "tfs, revocation: the interface for the life of tokens does not take one",
    "tfs, drafts: drafts came with Azure DevOps Server 2019",
    "tfs, templates: templates came with Azure DevOps Server 2019",
    "tfs, forms filled in: the page of tokens takes nothing in its address",
    "codecommit, Renamed: CodeCommit forgets the name a repository had before",
    "codecommit, Archived: CodeCommit has no archived repositories",
    "codecommit, expiry: AWS does not tell when a temporary key ends",
    "codecommit, revocation: deleting an access key takes a permission of IAM, and its owner's other key",
    "codecommit, counts of commits: CodeCommit tells where two branches parted, and counts nothing",
    "codecommit, drafts: CodeCommit has no drafts",
    "codecommit, reviewers: CodeCommit has approval rules and no reviewers",
    "codecommit, templates: CodeCommit has no templates for pull requests",
    "codecommit, forms filled in: the console's page of access keys takes nothing in its address",
];
