-- That a git server refused an integration's own credential, and why, in its own words. Of those refused before nothing is known.
ALTER TABLE integrations ADD COLUMN own_rejected_at INTEGER;
ALTER TABLE integrations ADD COLUMN own_rejected_why TEXT;
