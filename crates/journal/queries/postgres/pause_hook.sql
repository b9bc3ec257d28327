-- A person's word is not undone by the host's, nor by its next start, whoever was first.
INSERT INTO paused_hook (hook, paused_at, reason, who) VALUES ($1, $2, $3, $4)
ON CONFLICT (hook) DO UPDATE SET reason = excluded.reason, who = excluded.who WHERE excluded.who IS NOT NULL
