-- A Jira user belongs to a Jira site; so do connectors, PATs and kept answers. What there was is of the site `default`.
CREATE TABLE sites (
    id         TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revision   INTEGER NOT NULL
) STRICT;

-- Revisions: the number of the audit entry of the last change, 0 before the first.
ALTER TABLE policy ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE providers ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE integrations ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE connectors ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE connectors ADD COLUMN site TEXT NOT NULL DEFAULT 'default';
CREATE INDEX connectors_by_site ON connectors (site);

-- Where the integration's own credential was given to. JSON; there where the ciphertext is.
ALTER TABLE integrations ADD COLUMN own_given_to TEXT;

ALTER TABLE admin_tokens ADD COLUMN expires_at INTEGER;
ALTER TABLE admin_tokens ADD COLUMN last_used_at INTEGER;

ALTER TABLE setup_links ADD COLUMN site TEXT NOT NULL DEFAULT 'default';

-- The rows are copied by the program, which knows where each PAT was given to.
ALTER TABLE pats RENAME TO pats_before_sites;
DROP INDEX pats_by_user;
CREATE TABLE pats (
    integration     TEXT NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    site            TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    jira_user       TEXT NOT NULL,
    revision        INTEGER NOT NULL, -- the audit entry of its saving
    account         TEXT,             -- JSON
    account_before  TEXT,             -- JSON; whose the PAT before an unchecked one was
    permissions     TEXT NOT NULL,    -- JSON
    expiry          TEXT NOT NULL,    -- JSON
    saved_at        INTEGER NOT NULL,
    last_checked_at INTEGER,
    rejected_at     INTEGER,
    given_to        TEXT NOT NULL,    -- JSON; the place it is sealed for
    algorithm       TEXT NOT NULL,
    key_id          TEXT NOT NULL,
    salt            BLOB NOT NULL,
    nonce           BLOB NOT NULL,
    ciphertext      BLOB NOT NULL,
    PRIMARY KEY (integration, site, jira_user)
) STRICT;
CREATE INDEX pats_by_user ON pats (site, jira_user);

ALTER TABLE idempotency_keys RENAME TO idempotency_keys_before_sites;
DROP INDEX idempotency_keys_by_age;
CREATE TABLE idempotency_keys (
    site         TEXT NOT NULL,
    connector    TEXT NOT NULL,
    jira_user    TEXT NOT NULL,
    key          TEXT NOT NULL,
    request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
    claimed_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL, -- of the claim, while there is no answer
    -- The answer, once there is one.
    status       INTEGER,
    content_type TEXT,
    body         BLOB,
    PRIMARY KEY (site, connector, jira_user, key),
    CHECK ((status IS NULL) = (body IS NULL) AND (content_type IS NULL) = (body IS NULL))
) STRICT;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (claimed_at);
INSERT INTO idempotency_keys
    SELECT 'default', connector, jira_user, key, request_hash, claimed_at, claimed_at + 60000, status, content_type, body
    FROM idempotency_keys_before_sites;
DROP TABLE idempotency_keys_before_sites;
