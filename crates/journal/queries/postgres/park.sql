UPDATE delivery
SET state = 'parked', parked_reason = $2, awaits_caller = false, next_run_at = NULL, host = NULL
WHERE id = $1
