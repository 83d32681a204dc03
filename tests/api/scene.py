"""The running demo, as `env.json` tells of it: where the API is, and tokens for whoever asks."""

import json
import os
import time
import uuid

import jwt

with open(os.environ["API_CHECK_ENV"], encoding="utf-8") as file:
    ENV = json.load(file)
INTEGRATION = ENV["integrations"][0]
USER = next(iter(INTEGRATION["user_credentials"]))
FIELDS = INTEGRATION["user_credentials"][USER]["fields"]
PROJECT = ENV["project"]


def connector_token() -> str:
    """A token of the first user, good for one change."""
    now = int(time.time())
    connector = ENV["connector"]
    claims = {"iss": connector["id"], "aud": connector["audience"], "sub": USER, "iat": now, "exp": now + 60}
    claims |= {"jti": uuid.uuid4().hex, "projects": [PROJECT]}
    return jwt.encode(claims, connector["private_key_pem"], algorithm="EdDSA")


if __name__ == "__main__":
    print(connector_token())
