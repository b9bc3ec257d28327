-- A known event runs again: what came of its earlier runs stays with those runs.
UPDATE delivery
SET state = ?2, runs = ?3, sent_at = ?4, token_expires_at = ?5, sealed = ?6, awaits_caller = 0, next_run_at = NULL,
    settled_at = NULL, outcome = NULL, response = NULL, answered = NULL, parked_reason = NULL
WHERE seq = ?1
