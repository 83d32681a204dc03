"""Drives PyGithub against a stand-in GitHub.

Environment: STANDIN_URL (root of the API over plain HTTP), STANDIN_TOKEN of a user who may push to acme/widgets,
STANDIN_READER_TOKEN of one who may only read it. Needs PyGithub and a stand-in with pages of two.
"""

import os
import sys

from github import Auth, Consts, Github, GithubException

URL = os.environ["STANDIN_URL"]
REPOSITORY = "acme/widgets"
BRANCH = "ABC-1/log-in-größe"
passed = 0


def step(what, holds):
    global passed
    if not holds:
        sys.exit(f"FAILED {what}")
    passed += 1
    print(f"ok {what}")


def client(variable):
    return Github(auth=Auth.Token(os.environ[variable]), base_url=URL, per_page=2, retry=None)


def refusal(call):
    try:
        call()
    except GithubException as error:
        return error.status, str(error.data)
    return None, ""


def reading(github):
    step("whoami", github.get_user().login == "alice")
    names = [repository.full_name for repository in github.get_user().get_repos()]
    step("repositories, page by page", len(names) > 2 and REPOSITORY in names)
    repository = github.get_repo(REPOSITORY)
    step("a repository", repository.default_branch == "main" and repository.private)
    step("branches", {branch.name for branch in repository.get_branches()} == {"main", "develop"})
    return repository


def branches(repository):
    sha = repository.get_branch("main").commit.sha
    made = repository.create_git_ref(f"refs/heads/{BRANCH}", sha)
    step("create a branch", made.object.sha == sha)
    step("read it", repository.get_branch(BRANCH).commit.sha == sha)
    status, said = refusal(lambda: repository.create_git_ref(f"refs/heads/{BRANCH}", sha))
    step("a branch that exists", status == 422 and "already exists" in said)
    step("three branches on two pages", repository.get_branches().totalCount == 3)


def pull_requests(repository):
    pull = repository.create_pull(base="main", head="develop", title="ABC-1 Log in", body="With a passkey.")
    step("open a pull request", pull.state == "open" and pull.user.login == "alice")
    open_ones = list(repository.get_pulls(state="open", head="acme:develop", base="main"))
    step("find it", [one.number for one in open_ones] == [pull.number])
    status, said = refusal(lambda: repository.create_pull(base="main", head="develop", title="again"))
    step("a pull request that exists", status == 422 and "already exists" in said)
    status, said = refusal(lambda: repository.create_pull(base="main", head=BRANCH, title="nothing"))
    step("nothing to merge", status == 422 and "No commits between" in said)


def deleting(repository, reader):
    status, _ = refusal(lambda: reader.get_repo(REPOSITORY).create_git_ref("refs/heads/x", "0" * 40))
    step("a reader cannot write", status in (403, 404))
    repository.get_git_ref(f"heads/{BRANCH}").delete()
    status, _ = refusal(lambda: repository.get_branch(BRANCH))
    step("delete the branch", status == 404)


if __name__ == "__main__":
    print(f"PyGithub against {URL} (API {Consts.DEFAULT_BASE_URL} elsewhere)")
    github = client("STANDIN_TOKEN")
    repository = reading(github)
    branches(repository)
    pull_requests(repository)
    deleting(repository, client("STANDIN_READER_TOKEN"))
    print(f"{passed} passed, 0 failed")
