"""Drives the vendor's official client, python-gitlab, against the stand-in GitLab with its usual scene.

Environment:
    STANDIN_URL        where the stand-in is, without /api/v4
    STANDIN_TOKEN      alice's token: a developer in acme/widgets
    STANDIN_READER_TOKEN  bob's token: a reporter there (optional)
    STANDIN_STRANGER_TOKEN  mallory's token: nobody's collaborator (optional)

The stand-in is to serve pages of two items at most, and to be fresh. Prints one line per step and, last, how many passed.
"""

import base64
import os
import sys

import gitlab

URL = os.environ["STANDIN_URL"]
passed = 0


def step(name, holds, detail=""):
    global passed
    if not holds:
        print(f"FAILED {name} {detail}")
        print(f"{passed} passed, 1 failed")
        sys.exit(1)
    passed += 1
    print(f"ok {name} {detail}".rstrip())


def refused(status, call):
    """The client's exception with the status expected; anything else fails the step."""
    try:
        call()
    except gitlab.GitlabError as error:
        if error.response_code == status:
            return error
        raise
    return None


def client(token):
    return gitlab.Gitlab(URL, private_token=token)


alice = client(os.environ["STANDIN_TOKEN"])
alice.auth()
step("whoami", alice.user.username == "alice", alice.user.username)
step("version", len(alice.version()[0].split(".")) == 3, alice.version()[0])
own_token = alice.personal_access_tokens.get("self")
step("token", own_token.active and own_token.scopes == ["api"], str(own_token.scopes))

bearer = gitlab.Gitlab(URL, oauth_token=os.environ["STANDIN_TOKEN"])
bearer.auth()
step("whoami by bearer", bearer.user.id == alice.user.id)

projects = alice.projects.list(membership=True, simple=True, iterator=True)
names = sorted(project.path_with_namespace for project in projects)
step("repositories, page by page", len(names) == 5 and projects.total_pages == 3, ", ".join(names))
keyset = list(
    alice.projects.list(membership=True, pagination="keyset", order_by="id", sort="asc", per_page=2, iterator=True)
)
step("repositories by keyset", [project.id for project in keyset] == sorted(project.id for project in keyset) and len(keyset) == 5)
active = alice.projects.list(membership=True, min_access_level=30, archived=False, get_all=True)
step("repositories to push to", "acme/attic" not in [project.path_with_namespace for project in active])

project = alice.projects.get("acme/widgets")
step("repository by name", project.default_branch == "main" and project.permissions["project_access"]["access_level"] == 30)
nested = alice.projects.get("acme/platform/tools")
step("repository in nested groups", nested.namespace["full_path"] == "acme/platform", str(nested.id))
moved = gitlab.Gitlab(URL, private_token=os.environ["STANDIN_TOKEN"]).projects.get("acme/gadgets")
step("repository by a former name", moved.id == project.id)

branches = [branch.name for branch in project.branches.list(iterator=True)]
step("branches", branches == ["develop", "main"], ", ".join(branches))
made = project.branches.create({"branch": "feature/ABC-1", "ref": "develop"})
step("create a branch", made.commit["id"] == project.branches.get("develop").commit["id"], made.web_url)
branches = [branch.name for branch in project.branches.list(iterator=True)]
step("branches, page by page", branches == ["develop", "feature/ABC-1", "main"], ", ".join(branches))
step("branches by prefix", [branch.name for branch in project.branches.list(search="^feat", get_all=True)] == ["feature/ABC-1"])
step("read a branch", project.branches.get("feature/ABC-1").can_push)
again = refused(400, lambda: project.branches.create({"branch": "feature/ABC-1", "ref": "main"}))
step("a branch that exists", isinstance(again, gitlab.GitlabCreateError), again.error_message)
missing = refused(404, lambda: project.branches.get("nope"))
step("a branch that does not", isinstance(missing, gitlab.GitlabGetError), missing.error_message)

readme = project.files.get("README.md", ref="main")
step("a file", base64.b64decode(readme.content) == project.files.raw("README.md", ref="main"), readme.file_path)
refused_file = refused(404, lambda: project.files.get(".gitlab/merge_request_templates/Default.md", ref="main"))
step("a file that is not there", isinstance(refused_file, gitlab.GitlabGetError), refused_file.error_message)

reviewer = alice.users.list(username="bob", get_all=True)[0]
asked = {
    "source_branch": "feature/ABC-1",
    "target_branch": "main",
    "title": "Draft: ABC-1 Log in",
    "description": "Because.",
    "reviewer_ids": [reviewer.id],
}
merge_request = project.mergerequests.create(asked)
step("open a merge request", merge_request.iid == 1 and merge_request.draft, merge_request.web_url)
step("its reviewer", [user["username"] for user in merge_request.reviewers] == ["bob"])
listed = project.mergerequests.list(state="opened", source_branch="feature/ABC-1", get_all=True)
step("see it in the list", [entry.iid for entry in listed] == [1])
step("read it", project.mergerequests.get(1).changes_count == "1")
step("among her own", [entry.iid for entry in alice.mergerequests.list(get_all=True)] == [1])
again = refused(409, lambda: project.mergerequests.create(asked))
step("a merge request that exists", isinstance(again, gitlab.GitlabCreateError), str(again.error_message))

project.branches.delete("feature/ABC-1")
step("delete the branch", isinstance(refused(404, lambda: project.branches.get("feature/ABC-1")), gitlab.GitlabGetError))
default = refused(400, lambda: project.branches.delete("main"))
step("the default branch stays", isinstance(default, gitlab.GitlabDeleteError), default.error_message)

if "STANDIN_READER_TOKEN" in os.environ:
    bobs = client(os.environ["STANDIN_READER_TOKEN"]).projects.get("acme/widgets")
    low = refused(403, lambda: bobs.branches.create({"branch": "bobs", "ref": "main"}))
    step("a role that is too low", isinstance(low, gitlab.GitlabCreateError), low.error_message)
if "STANDIN_STRANGER_TOKEN" in os.environ:
    hidden = refused(404, lambda: client(os.environ["STANDIN_STRANGER_TOKEN"]).projects.get("acme/widgets"))
    step("a repository that is hidden", isinstance(hidden, gitlab.GitlabGetError), hidden.error_message)
bad = refused(401, lambda: client("glpat-nobody").auth())
step("a token nobody knows", isinstance(bad, gitlab.GitlabAuthenticationError), bad.error_message)

print(f"{passed} passed, 0 failed")
