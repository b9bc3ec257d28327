UPDATE delivery
SET state = 'waiting', next_run_at = $3
WHERE id = $1 AND state = 'running' AND runs = $2
