-- When a connector last called. Of those that were there before nothing is known.
ALTER TABLE connectors ADD COLUMN last_used_at INTEGER;
