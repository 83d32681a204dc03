-- Links open pages of every sort, not only the one where a PAT is saved. Those of before work for half an hour at most; they
-- are asked for again.
DROP TABLE setup_links;
CREATE TABLE page_links (
    hash       BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    connector  TEXT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
    site       TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    visitor    TEXT NOT NULL, -- JSON
    context    TEXT NOT NULL, -- JSON
    -- The one that the context names, if any.
    integration TEXT REFERENCES integrations (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX page_links_by_end ON page_links (expires_at);
CREATE INDEX page_links_by_integration ON page_links (integration);
CREATE INDEX page_links_by_connector ON page_links (connector);
CREATE INDEX page_links_by_site ON page_links (site);

CREATE TABLE visits (
    id        TEXT NOT NULL PRIMARY KEY,
    secret    BLOB NOT NULL CHECK (length(secret) = 32), -- hash of what is in the cookie
    handover  BLOB CHECK (length(handover) = 32),        -- hash of what stands in for it until it comes back
    connector TEXT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
    site      TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    visitor   TEXT NOT NULL, -- JSON
    context   TEXT NOT NULL, -- JSON
    began_at  INTEGER NOT NULL,
    used_at   INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX visits_by_end ON visits (ends_at);
CREATE INDEX visits_by_connector ON visits (connector);
CREATE INDEX visits_by_site ON visits (site);

-- What was typed into a form and not sent off.
CREATE TABLE drafts (
    site      TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    jira_user TEXT NOT NULL,
    subject   TEXT NOT NULL,
    fields    TEXT NOT NULL, -- JSON
    kept_at   INTEGER NOT NULL,
    PRIMARY KEY (site, jira_user, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX drafts_by_age ON drafts (kept_at);

CREATE TABLE favourites (
    site        TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    jira_user   TEXT NOT NULL,
    integration TEXT NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    repository  TEXT NOT NULL,
    name        TEXT NOT NULL,
    added_at    INTEGER NOT NULL,
    PRIMARY KEY (site, jira_user, integration, repository)
) STRICT, WITHOUT ROWID;
CREATE INDEX favourites_by_integration ON favourites (integration);
