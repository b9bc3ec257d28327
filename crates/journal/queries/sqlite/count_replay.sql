-- One more is dealt with; with the last one the job is done.
UPDATE replay_job
SET done = done + ?2, refused = refused + 1 - ?2,
    state = CASE WHEN done + refused + 1 = matched THEN 'done' ELSE state END,
    finished_at = CASE WHEN done + refused + 1 = matched THEN ?3 END
WHERE id = ?1
RETURNING state
