-- A person's word is not undone by the host's next start, whoever was first.
INSERT INTO paused_hook (hook, paused_at, reason) VALUES (?1, ?2, ?3)
ON CONFLICT (hook) DO UPDATE SET reason = NULL WHERE excluded.reason IS NULL
