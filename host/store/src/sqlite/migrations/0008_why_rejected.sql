-- Why a git server refused a PAT, in its own words. Empty: nobody wrote it down.
ALTER TABLE pats ADD COLUMN rejected_why TEXT;
