"""Who schemathesis asks as: `API_CHECK_AS` is `user` or `administrator`. A user's token is good for one change, and made anew."""

import os

import schemathesis

import scene


@schemathesis.auth(refresh_interval=None)
class Bearer:
    def get(self, case, context):
        return scene.ENV["admin_token"] if os.environ["API_CHECK_AS"] == "administrator" else scene.connector_token()

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """The coverage phase takes an empty `If-Match` for one that the pattern allows; sent as that, it is refused, rightly."""
    if case.headers and case.headers.get("If-Match") == "" and case.meta.generation.mode.is_positive:
        del case.headers["If-Match"]
