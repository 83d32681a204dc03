-- Times are milliseconds since 1970-01-01T00:00:00Z; JSON is written and read by the program, never by SQL.

-- Which master key this database goes with: its id, and an HMAC under a key derived from it.
CREATE TABLE key_check (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    key_id TEXT NOT NULL,
    mac    BLOB NOT NULL CHECK (length(mac) = 32)
) STRICT;

CREATE TABLE policy (
    id               INTEGER PRIMARY KEY CHECK (id = 1),
    require_user_pat INTEGER NOT NULL CHECK (require_user_pat IN (0, 1))
) STRICT;
INSERT INTO policy (id, require_user_pat) VALUES (1, 0);

CREATE TABLE integrations (
    id               TEXT NOT NULL PRIMARY KEY,
    name             TEXT NOT NULL,
    provider         TEXT NOT NULL,
    kind             TEXT NOT NULL,
    settings         TEXT NOT NULL, -- JSON
    connection       TEXT NOT NULL, -- JSON
    network          TEXT NOT NULL, -- JSON
    projects         TEXT NOT NULL, -- JSON
    require_user_pat INTEGER NOT NULL CHECK (require_user_pat IN (0, 1)),
    branch_template  TEXT,
    account          TEXT,          -- JSON
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    -- The integration's own credential, sealed; all or nothing.
    algorithm        TEXT,
    key_id           TEXT,
    salt             BLOB,
    nonce            BLOB,
    ciphertext       BLOB,
    CHECK ((algorithm IS NULL) = (ciphertext IS NULL)
       AND (key_id    IS NULL) = (ciphertext IS NULL)
       AND (salt      IS NULL) = (ciphertext IS NULL)
       AND (nonce     IS NULL) = (ciphertext IS NULL))
) STRICT;

-- Goes with its integration: a PAT must never meet another integration that later takes the same id.
CREATE TABLE pats (
    integration     TEXT NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    jira_user       TEXT NOT NULL,
    revision        INTEGER NOT NULL, -- the audit entry of its saving: grows, and is never used again
    account         TEXT,             -- JSON
    permissions     TEXT NOT NULL,    -- JSON
    expiry          TEXT NOT NULL,    -- JSON
    saved_at        INTEGER NOT NULL,
    last_checked_at INTEGER,
    rejected_at     INTEGER,
    algorithm       TEXT NOT NULL,
    key_id          TEXT NOT NULL,
    salt            BLOB NOT NULL,
    nonce           BLOB NOT NULL,
    ciphertext      BLOB NOT NULL,
    PRIMARY KEY (integration, jira_user)
) STRICT;
CREATE INDEX pats_by_user ON pats (jira_user);

CREATE TABLE components (
    sha256 TEXT NOT NULL PRIMARY KEY, -- lower-case hexadecimal
    bytes  BLOB NOT NULL
) STRICT;

CREATE TABLE providers (
    id            TEXT NOT NULL PRIMARY KEY,
    description   TEXT NOT NULL, -- JSON
    sha256        TEXT NOT NULL REFERENCES components (sha256),
    size_bytes    INTEGER NOT NULL,
    registered_at INTEGER NOT NULL
) STRICT;
CREATE INDEX providers_by_component ON providers (sha256);

CREATE TABLE connectors (
    id             TEXT NOT NULL PRIMARY KEY,
    name           TEXT NOT NULL,
    key            TEXT NOT NULL, -- JSON
    return_origins TEXT NOT NULL, -- JSON
    created_at     INTEGER NOT NULL
) STRICT;

-- Tokens of any sort are kept by their SHA-256.
CREATE TABLE admin_tokens (
    hash       BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    label      TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE setup_links (
    hash        BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    integration TEXT NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    jira_user   TEXT NOT NULL,
    project     TEXT NOT NULL,
    connector   TEXT NOT NULL,
    return_to   TEXT,
    expires_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX setup_links_by_integration ON setup_links (integration);
CREATE INDEX setup_links_by_expiry ON setup_links (expires_at);

CREATE TABLE used_token_ids (
    connector  TEXT NOT NULL,
    token_id   TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (connector, token_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX used_token_ids_by_expiry ON used_token_ids (expires_at);

CREATE TABLE idempotency_keys (
    connector    TEXT NOT NULL,
    jira_user    TEXT NOT NULL,
    key          TEXT NOT NULL,
    request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
    claimed_at   INTEGER NOT NULL,
    -- The answer, once there is one.
    status       INTEGER,
    content_type TEXT,
    location     TEXT,
    body         BLOB,
    PRIMARY KEY (connector, jira_user, key),
    CHECK ((status IS NULL) = (body IS NULL) AND (content_type IS NULL) = (body IS NULL))
) STRICT;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (claimed_at);

-- Each entry's MAC covers the previous one's and every column here; see store/audit.rs.
CREATE TABLE audit (
    sequence    INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    event       TEXT NOT NULL,
    subject     TEXT NOT NULL,
    actor       TEXT NOT NULL, -- JSON
    integration TEXT,
    request_id  TEXT NOT NULL,
    refers_to   INTEGER,
    details     TEXT NOT NULL, -- JSON
    previous    BLOB NOT NULL CHECK (length(previous) = 32),
    mac         BLOB NOT NULL CHECK (length(mac) = 32)
) STRICT;
CREATE INDEX audit_by_integration ON audit (integration, sequence);

CREATE TABLE audit_head (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    sequence  INTEGER NOT NULL,
    mac       BLOB NOT NULL CHECK (length(mac) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 32)
) STRICT;

-- Intents whose outcome nobody knows yet.
CREATE TABLE unsettled_intents (
    intent      INTEGER PRIMARY KEY,
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32)
) STRICT;
CREATE INDEX unsettled_intents_by_fingerprint ON unsettled_intents (fingerprint);

-- Written to find out whether writing works.
CREATE TABLE probe (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    writes INTEGER NOT NULL
) STRICT;
INSERT INTO probe (id, writes) VALUES (1, 0);
