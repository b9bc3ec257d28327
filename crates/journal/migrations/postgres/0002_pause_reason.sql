-- Why the host has paused a hook by itself; NULL when a person has. What the host has paused goes on at its next start.

ALTER TABLE paused_hook ADD COLUMN reason TEXT;
