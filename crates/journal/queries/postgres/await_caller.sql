UPDATE delivery
SET state = 'waiting', awaits_caller = true, next_run_at = NULL, host = NULL
WHERE id = $1 AND state = 'running' AND runs = $2 AND host = $3
