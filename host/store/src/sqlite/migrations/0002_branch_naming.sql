-- How an integration's branches are to be called, beside the template it may have had already, and what its projects are
-- worked on with.
ALTER TABLE integrations ADD COLUMN branch_separator TEXT NOT NULL DEFAULT '-' CHECK (branch_separator IN ('-', '_', '.'));
ALTER TABLE integrations ADD COLUMN branch_max_length INTEGER CHECK (branch_max_length BETWEEN 20 AND 255); -- bytes
ALTER TABLE integrations ADD COLUMN mappings TEXT NOT NULL DEFAULT '[]'; -- JSON

-- Whose the PAT before an unchecked one was.
ALTER TABLE pats ADD COLUMN account_before TEXT; -- JSON
