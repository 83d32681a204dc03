-- Administrators signed in to their pages.
CREATE TABLE login_links (
    hash       BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    label      TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE admin_sessions (
    id       TEXT NOT NULL PRIMARY KEY,
    secret   BLOB NOT NULL UNIQUE CHECK (length(secret) = 32), -- hash of what is in the cookie
    label    TEXT NOT NULL,
    token    BLOB REFERENCES admin_tokens (hash) ON DELETE CASCADE, -- where one began it
    began_at INTEGER NOT NULL,
    used_at  INTEGER NOT NULL,
    ends_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX admin_sessions_by_token ON admin_sessions (token);
