"""Drives boto3, the vendor's own client, against a stand-in CodeCommit.

Environment: STANDIN_URL (http://127.0.0.1:PORT), STANDIN_KEY_ID and STANDIN_SECRET of a user who may push;
STANDIN_READER_KEY_ID and STANDIN_READER_SECRET of one who may only read `widgets`; STANDIN_ROLE_KEY_ID,
STANDIN_ROLE_SECRET and STANDIN_ROLE_SESSION of a temporary key. Needs boto3 and a stand-in with pages of two.
"""

import os
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

URL = os.environ["STANDIN_URL"]
REPOSITORY = "widgets"
BRANCH = "ABC-1/log-in-größe"
passed = 0


def step(what, holds):
    global passed
    if not holds:
        sys.exit(f"FAILED {what}")
    passed += 1
    print(f"ok {what}")


def client(service, prefix="STANDIN", secret=None):
    return boto3.client(
        service,
        region_name="us-east-1",
        endpoint_url=URL,
        aws_access_key_id=os.environ[f"{prefix}_KEY_ID"],
        aws_secret_access_key=secret or os.environ[f"{prefix}_SECRET"],
        aws_session_token=os.environ.get(f"{prefix}_SESSION"),
        config=Config(retries={"total_max_attempts": 1}),
    )


def code_of(call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    return None


def pages(codecommit, operation, member, **parameters):
    found = list(codecommit.get_paginator(operation).paginate(**parameters))
    return len(found), [item for page in found for item in page[member]]


def identity():
    me = client("sts").get_caller_identity()
    step("whoami", me["Arn"] == f"arn:aws:iam::{me['Account']}:user/alice" and me["UserId"].startswith("AIDA"))
    role = client("sts", "STANDIN_ROLE").get_caller_identity()
    step("whoami as a role", role["Arn"].endswith(":assumed-role/developer/alice"))
    wrong = client("sts", secret="x" * 40)
    step("a wrong secret at STS", code_of(wrong.get_caller_identity) == ("SignatureDoesNotMatch", 403))
    return me["Arn"]


def repositories(codecommit):
    count, listed = pages(codecommit, "list_repositories", "repositories")
    names = [repository["repositoryName"] for repository in listed]
    step("list repositories, two pages", count == 2 and names == ["dotfiles", "empty", "widgets"])
    batch = codecommit.batch_get_repositories(repositoryNames=[*names, "nope"])
    defaults = {one["repositoryName"]: one.get("defaultBranch") for one in batch["repositories"]}
    step("details of several", defaults == {"dotfiles": "main", "empty": None, "widgets": "main"})
    step("a missing one among them", batch["repositoriesNotFound"] == ["nope"])
    metadata = codecommit.get_repository(repositoryName=REPOSITORY)["repositoryMetadata"]
    step("details of one, dates read", metadata["creationDate"].year == 2024)
    try:
        codecommit.get_repository(repositoryName="nope")
        step("a missing repository", False)
    except codecommit.exceptions.RepositoryDoesNotExistException as error:
        step("a missing repository", "nope" in str(error))


def branches(codecommit):
    branch = {"repositoryName": REPOSITORY, "branchName": BRANCH}
    tip = codecommit.get_branch(repositoryName=REPOSITORY, branchName="develop")["branch"]["commitId"]
    made = codecommit.create_branch(**branch, commitId=tip)
    step("create a branch", made["ResponseMetadata"]["HTTPStatusCode"] == 200)
    count, names = pages(codecommit, "list_branches", "branches", repositoryName=REPOSITORY)
    step("list branches, two pages", count == 2 and names == [BRANCH, "develop", "main"])
    step("the branch stands where asked", codecommit.get_branch(**branch)["branch"]["commitId"] == tip)
    for what, error, input in [
        ("a branch that exists", "BranchNameExistsException", {**branch, "commitId": tip}),
        ("a commit that does not", "CommitDoesNotExistException", {**branch, "branchName": "x", "commitId": "d" * 40}),
        ("a name instead of a commit", "InvalidCommitIdException", {**branch, "branchName": "x", "commitId": "main"}),
        ("a name that is none", "InvalidBranchNameException", {**branch, "branchName": "a..b", "commitId": tip}),
        ("a protected branch", "AccessDeniedException", {**branch, "branchName": "release/1", "commitId": tip}),
    ]:
        step(what, code_of(codecommit.create_branch, **input) == (error, 400))


def pull_requests(codecommit, arn):
    target = {"repositoryName": REPOSITORY, "sourceReference": BRANCH, "destinationReference": "main"}
    asked = {"title": "ABC-1 Log in", "description": "Please", "targets": [target], "clientRequestToken": "abc-1"}
    pull = codecommit.create_pull_request(**asked)["pullRequest"]
    made = pull["pullRequestTargets"][0]
    step("open a pull request", pull["pullRequestStatus"] == "OPEN" and pull["authorArn"] == arn)
    step("its branches in full", made["sourceReference"] == f"refs/heads/{BRANCH}" and len(made["mergeBase"]) == 40)
    again = codecommit.create_pull_request(**asked)["pullRequest"]
    step("the same token, the same pull request", again["pullRequestId"] == pull["pullRequestId"])
    other = code_of(codecommit.create_pull_request, **{**asked, "title": "other"})
    step("the same token, another title", other == ("IdempotencyParameterMismatchException", 400))
    for _ in range(2):  # boto3 makes a token of its own each time.
        codecommit.create_pull_request(title="more", targets=[target])
    wanted = {"repositoryName": REPOSITORY, "pullRequestStatus": "OPEN"}
    count, ids = pages(codecommit, "list_pull_requests", "pullRequestIds", **wanted)
    step("list pull requests, two pages", count == 2 and len(ids) == 3 and ids[-1] == pull["pullRequestId"])
    shown = codecommit.get_pull_request(pullRequestId=pull["pullRequestId"])["pullRequest"]
    step("the pull request again", shown == pull)
    missing = {**asked, "clientRequestToken": "abc-2", "targets": [{**target, "sourceReference": "nope"}]}
    refused = code_of(codecommit.create_pull_request, **missing)
    step("a source that does not exist", refused == ("ReferenceDoesNotExistException", 400))


def deletion(codecommit):
    branch = {"repositoryName": REPOSITORY, "branchName": BRANCH}
    step("delete the branch", codecommit.delete_branch(**branch)["deletedBranch"]["branchName"] == BRANCH)
    step("delete it again", "deletedBranch" not in codecommit.delete_branch(**branch))
    gone = code_of(codecommit.get_branch, **branch)
    step("it is gone", gone == ("BranchDoesNotExistException", 400))
    default = code_of(codecommit.delete_branch, repositoryName=REPOSITORY, branchName="main")
    step("the default branch stays", default == ("DefaultBranchCannotBeDeletedException", 400))
    open_pulls = codecommit.list_pull_requests(repositoryName=REPOSITORY, pullRequestStatus="OPEN")
    step("its pull requests are closed", open_pulls["pullRequestIds"] == [])


def others():
    reader = client("codecommit", "STANDIN_READER")
    step("a reader reads", "main" in reader.list_branches(repositoryName=REPOSITORY)["branches"])
    denied = code_of(reader.delete_branch, repositoryName=REPOSITORY, branchName="develop")
    step("a reader does not delete", denied == ("AccessDeniedException", 400))
    step("nor read elsewhere", code_of(reader.get_repository, repositoryName="empty") == ("AccessDeniedException", 400))
    role = client("codecommit", "STANDIN_ROLE")
    step("a role's temporary key works", len(role.list_repositories()["repositories"]) == 2)
    wrong = client("codecommit", secret="x" * 40)
    step("a wrong secret", code_of(wrong.list_repositories) == ("InvalidSignatureException", 400))


def main():
    codecommit = client("codecommit")
    arn = identity()
    repositories(codecommit)
    branches(codecommit)
    pull_requests(codecommit, arn)
    deletion(codecommit)
    others()
    print(f"{passed} passed, 0 failed")


main()
