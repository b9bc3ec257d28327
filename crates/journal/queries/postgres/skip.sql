UPDATE delivery
SET state = 'settled', settled_at = $2, outcome = 'suppressed', response = $3, sealed = NULL, host = NULL,
    awaits_caller = false, next_run_at = NULL, parked_reason = NULL
WHERE seq = $1
