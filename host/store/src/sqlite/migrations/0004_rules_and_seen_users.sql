-- The rules of either level: with the date they begin to hold, and the one for looking. What is switched off on an integration.
ALTER TABLE policy ADD COLUMN require_user_pat_from INTEGER;
ALTER TABLE policy ADD COLUMN enforce_git_permissions INTEGER NOT NULL DEFAULT 0 CHECK (enforce_git_permissions IN (0, 1));
ALTER TABLE integrations ADD COLUMN require_user_pat_from INTEGER;
ALTER TABLE integrations ADD COLUMN enforce_git_permissions INTEGER NOT NULL DEFAULT 0 CHECK (enforce_git_permissions IN (0, 1));
ALTER TABLE integrations ADD COLUMN create_branches INTEGER NOT NULL DEFAULT 1 CHECK (create_branches IN (0, 1));
ALTER TABLE integrations ADD COLUMN delete_branches INTEGER NOT NULL DEFAULT 1 CHECK (delete_branches IN (0, 1));
ALTER TABLE integrations ADD COLUMN create_pull_requests INTEGER NOT NULL DEFAULT 1 CHECK (create_pull_requests IN (0, 1));

-- To within an hour.
ALTER TABLE pats ADD COLUMN last_used_at INTEGER;

-- Who has asked for something, and in which Jira project: to within a day.
CREATE TABLE seen_users (
    site          TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    jira_user     TEXT NOT NULL,
    project       TEXT NOT NULL,
    username      TEXT, -- as a connector stated it last
    display_name  TEXT,
    first_seen_at INTEGER NOT NULL,
    last_seen_at  INTEGER NOT NULL,
    PRIMARY KEY (site, jira_user, project)
) STRICT;
CREATE INDEX seen_users_by_age ON seen_users (last_seen_at);
