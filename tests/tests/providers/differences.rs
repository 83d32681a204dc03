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
        ("drafts", traits.drafts),
        ("reviewers", traits.reviewers),
        ("templates", traits.templates),
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

const EXPECTED: &[&str] = &[];
