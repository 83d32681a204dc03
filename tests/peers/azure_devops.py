"""Drives the vendor's own client (`azure-devops` from PyPI) against a stand-in Azure DevOps.

Servers before 2017.2 do not list the resource this client asks for first, so it speaks to none of them. The environment says where it is and who asks:

    STANDIN_URL            the collection: http://127.0.0.1:7703/acme
    STANDIN_TOKEN          a token of alice
    STANDIN_READER_TOKEN   a token of bob, who may only read Platform/widgets; without, his step is left out

Prints one line per step, and `N passed, 0 failed` at the end; stops at the first step that fails.
"""

import os
import sys
import tempfile

# The client keeps what it learnt of a server in files, and another stand-in may have listened here before.
os.environ["AZURE_DEVOPS_CACHE_DIR"] = tempfile.mkdtemp(prefix="countersign-peer-")

from azure.devops.connection import Connection
from azure.devops.exceptions import (
    AzureDevOpsAuthenticationError,
    AzureDevOpsClientRequestError,
    AzureDevOpsServiceError,
)
from azure.devops.v7_1.git.models import (
    GitPullRequest,
    GitPullRequestSearchCriteria,
    GitRefUpdate,
    GitVersionDescriptor,
    IdentityRefWithVote,
)
from msrest.authentication import BasicAuthentication

PROJECT, REPOSITORY = "Platform", "widgets"
NO_OBJECT = "0" * 40
BRANCH = "ABC-1-from-the-vendors-client"

passed = 0


def step(name, fact):
    """Counts a step whose fact holds; stops at one whose does not."""
    global passed
    if not fact:
        print(f"FAILED {name}")
        print(f"{passed} passed, 1 failed")
        sys.exit(1)
    passed += 1
    print(f"ok {name}")


def refusal(kind, call):
    """The exception of this kind that a call ends in; none when it ends otherwise."""
    try:
        call()
    except kind as refused:
        return refused
    return None


def pages(fetch):
    """All items of a list that is paged by a token, and in how many pages they came."""
    items, token, count = [], None, 0
    while count == 0 or token:
        page, token = fetch(token)
        items.extend(page)
        count += 1
    return items, count


class Tokens:
    """Keeps the token of the next page, which the client's methods drop."""

    def __init__(self, client):
        self.last = None
        send = client._send_request

        def watched(*arguments, **named):
            response = send(*arguments, **named)
            self.last = response.headers.get("x-ms-continuationtoken")
            return response

        client._send_request = watched


def connect(token):
    return Connection(base_url=os.environ["STANDIN_URL"], creds=BasicAuthentication("", token))


def update(client, name, old, new):
    change = GitRefUpdate(name=name, old_object_id=old, new_object_id=new)
    return client.update_refs([change], REPOSITORY, project=PROJECT)[0]


def main():
    alice = connect(os.environ["STANDIN_TOKEN"])
    clients = alice.clients_v7_1
    git, core, location = clients.get_git_client(), clients.get_core_client(), clients.get_location_client()
    git_tokens, core_tokens = Tokens(git), Tokens(core)

    who = location.get_connection_data().authenticated_user
    step("whoami names the account", who.properties["Account"]["$value"] and who.is_active)

    projects, count = pages(
        lambda token: (core.get_projects(top=1, continuation_token=token), core_tokens.last)
    )
    step("projects come in pages", [project.name for project in projects] == ["Platform", "Public"] and count == 2)

    repositories = {f"{one.project.name}/{one.name}": one for one in git.get_repositories()}
    step("repositories of all projects", {"Platform/widgets", "Platform/empty", "Public/dotfiles"} <= set(repositories))
    widgets = repositories["Platform/widgets"]
    step("the default branch", widgets.default_branch == "refs/heads/main")
    step("an empty repository has none", repositories["Platform/empty"].default_branch is None)
    step("a repository by id", git.get_repository(widgets.id).name == REPOSITORY)
    within = git.get_repositories(project=PROJECT)
    step("repositories of one project", {one.project.name for one in within} == {PROJECT})

    def refs(token=None, **asked):
        return git.get_refs(REPOSITORY, project=PROJECT, continuation_token=token, **asked)

    branches, count = pages(lambda token: (refs(token, filter="heads/", top=1), git_tokens.last))
    tips = {branch.name: branch.object_id for branch in branches}
    step("branches, to the last page", {"refs/heads/main", "refs/heads/develop"} <= set(tips))
    # Before 5.0 they come in one answer.
    step("and as many pages as the server has", count in (1, len(branches)))

    main_tip = tips["refs/heads/main"]
    made = update(git, f"refs/heads/{BRANCH}", NO_OBJECT, main_tip)
    step("a branch is created", made.success and made.update_status == "succeeded")
    step("and is there", [one.object_id for one in refs(filter=f"heads/{BRANCH}")] == [main_tip])
    again = update(git, f"refs/heads/{BRANCH}", NO_OBJECT, main_tip)
    step("an existing branch is a stale id", not again.success and again.update_status == "staleOldObjectId")
    policy = update(git, "refs/heads/release/1.0", NO_OBJECT, main_tip)
    step("a protected branch names the policy", policy.custom_message.startswith("TF402455"))
    stats = git.get_branch(REPOSITORY, "develop", project=PROJECT)
    step("a branch is ahead of main", (stats.ahead_count, stats.behind_count) == (1, 0))

    readme = git.get_item(
        REPOSITORY,
        "/README.md",
        project=PROJECT,
        include_content=True,
        version_descriptor=GitVersionDescriptor(version="main", version_type="branch"),
    )
    step("a file is read", readme.path == "/README.md" and readme.content)
    missing = refusal(AzureDevOpsServiceError, lambda: git.get_item(REPOSITORY, "/nope.md", project=PROJECT))
    step("a missing file is told", missing and missing.type_key == "GitItemNotFoundException")

    identities = clients.get_identity_client().read_identities(search_filter="General", filter_value="bob")
    step("a person is found", [one.provider_display_name for one in identities] == ["bob"])

    new = GitPullRequest(
        title="Ship it",
        description="ABC-1",
        source_ref_name="refs/heads/develop",
        target_ref_name="refs/heads/main",
        reviewers=[IdentityRefWithVote(id=identities[0].id)],
    )
    pull = git.create_pull_request(new, REPOSITORY, project=PROJECT)
    step("a pull request is opened", pull.status == "active" and pull.created_by.id == who.id)
    step("with its reviewer", [one.display_name for one in pull.reviewers] == ["bob"])
    criteria = GitPullRequestSearchCriteria(status="active", source_ref_name="refs/heads/develop")
    listed = git.get_pull_requests(REPOSITORY, criteria, project=PROJECT)
    step("and is listed", [one.pull_request_id for one in listed] == [pull.pull_request_id])
    step("and found by its number", git.get_pull_request_by_id(pull.pull_request_id).title == "Ship it")

    def reopen():
        return git.create_pull_request(new, REPOSITORY, project=PROJECT)

    exists = refusal(AzureDevOpsServiceError, reopen)
    step("an existing one is refused", exists and exists.type_key == "GitPullRequestExistsException")
    new.source_ref_name = "refs/heads/nope"
    gone = refusal(AzureDevOpsServiceError, reopen)
    step("a missing source is refused", gone and "TF401398" in gone.message)
    reviewer = git.create_pull_request_reviewer(
        IdentityRefWithVote(vote=0), REPOSITORY, pull.pull_request_id, identities[0].id, project=PROJECT
    )
    step("a reviewer is added", reviewer.id == identities[0].id)

    nowhere = refusal(AzureDevOpsServiceError, lambda: git.get_repository("nope", project=PROJECT))
    step("a missing repository is told", nowhere and nowhere.type_key == "GitRepositoryNotFoundException")
    refused = refusal(
        (AzureDevOpsAuthenticationError, AzureDevOpsClientRequestError),
        lambda: connect("nobody's").clients_v7_1.get_core_client().get_projects(),
    )
    step("an unknown token is refused", refused)
    if reader := os.environ.get("STANDIN_READER_TOKEN"):
        denied = update(connect(reader).clients_v7_1.get_git_client(), "refs/heads/x", NO_OBJECT, main_tip)
        step("who may only read is told so", denied.update_status == "createBranchPermissionRequired")

    removed = update(git, f"refs/heads/{BRANCH}", main_tip, NO_OBJECT)
    step("the branch is deleted", removed.success)
    step("and gone", refs(filter=f"heads/{BRANCH}") == [])
    print(f"{passed} passed, 0 failed")


main()
