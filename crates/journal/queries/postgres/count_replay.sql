-- One more is dealt with, by this host; with the last one the job is done.
UPDATE replay_job
SET done = done + CASE WHEN $2 THEN 1 ELSE 0 END, refused = refused + CASE WHEN $2 THEN 0 ELSE 1 END, host = $4,
    state = CASE WHEN done + refused + 1 = matched THEN 'done' ELSE state END,
    finished_at = CASE WHEN done + refused + 1 = matched THEN $3::bigint END
WHERE id = $1
RETURNING state
