UPDATE delivery
SET state = 'running', runs = ?2, awaits_caller = 0, next_run_at = NULL,
    settled_at = NULL, outcome = NULL, response = NULL, answered = NULL, parked_reason = NULL
WHERE seq = ?1
