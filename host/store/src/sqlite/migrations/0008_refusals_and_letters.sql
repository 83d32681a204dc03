-- Why a git server refused a PAT, in its own words. Empty: nobody wrote it down.
ALTER TABLE pats ADD COLUMN rejected_why TEXT;

-- Which letters suggested branch names have: those of any script, or those of ASCII.
ALTER TABLE integrations ADD COLUMN branch_letters TEXT NOT NULL DEFAULT 'any' CHECK (branch_letters IN ('any', 'ascii'));
