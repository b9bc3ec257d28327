-- A person's word counts more than the host's.
INSERT INTO paused_lane (hook, lane, paused_at, who, reason) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (hook, lane) DO UPDATE
SET paused_at = excluded.paused_at, who = excluded.who, reason = excluded.reason, held_for = NULL
