UPDATE delivery
SET state = 'waiting', next_run_at = $4
WHERE id = $1 AND state = 'running' AND runs = $2 AND host = $3
