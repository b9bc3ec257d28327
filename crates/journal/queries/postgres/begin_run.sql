-- Who was answered stays answered: the caller of an accepted event is answered before the run.
UPDATE delivery
SET state = 'running', runs = $2, host = $3, awaits_caller = false, next_run_at = NULL,
    settled_at = NULL, outcome = NULL, response = NULL, parked_reason = NULL
WHERE seq = $1
