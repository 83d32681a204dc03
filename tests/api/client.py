"""The generated Python client, driven against a daemon: lists integrations, saves a PAT, creates a branch."""

import sys

import scene

sys.path.insert(0, sys.argv[1])
from countersign_client import AuthenticatedClient  # noqa: E402
from countersign_client.api.branches import create_branch  # noqa: E402
from countersign_client.api.integrations import list_integrations  # noqa: E402
from countersign_client.api.pat import save_pat  # noqa: E402
from countersign_client.models import NewBranchBody, SavePatBody, SavePatBodyFields  # noqa: E402


def client() -> AuthenticatedClient:
    return AuthenticatedClient(base_url=scene.ENV["api"], token=scene.connector_token())


def expect(answer, *statuses):
    assert answer.status_code in statuses, (answer.status_code, answer.content)
    assert answer.parsed is not None, "the answer was not read"
    return answer.parsed


listed = expect(list_integrations.sync_detailed(client=client(), project=scene.PROJECT), 200)
ids = [integration.id for integration in listed.integrations]
assert scene.INTEGRATION["id"] in ids, ids
body = SavePatBody(fields=SavePatBodyFields.from_dict(scene.FIELDS), project=scene.PROJECT)
saved = expect(save_pat.sync_detailed(scene.INTEGRATION["id"], client=client(), body=body), 200)
assert saved.state == "valid", saved.state
body = NewBranchBody(name="feature/ABC-1-python", from_=scene.INTEGRATION["default_branch"], project=scene.PROJECT)
of = (scene.INTEGRATION["id"], scene.INTEGRATION["repository"])
made = expect(create_branch.sync_detailed(*of, client=client(), body=body), 200, 201)
assert made.receipt.acted_as == "user" and made.branch.path_id.startswith("~"), made
print("the Python client: 3 steps passed")
