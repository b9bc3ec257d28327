-- The lane of a parked delivery waits for it, unless the lane is paused already.
INSERT INTO paused_lane (hook, lane, paused_at, reason, held_for)
SELECT hook, lane, $2, $3, id FROM delivery WHERE id = $1 AND lane IS NOT NULL
ON CONFLICT (hook, lane) DO NOTHING
RETURNING hook, lane
