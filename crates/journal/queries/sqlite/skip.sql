UPDATE delivery
SET state = 'settled', settled_at = ?2, outcome = 'suppressed', response = ?3, sealed = NULL,
    awaits_caller = 0, next_run_at = NULL, parked_reason = NULL
WHERE seq = ?1
