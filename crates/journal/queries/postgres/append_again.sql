-- A known event runs again, at the back of its lane: what came of its earlier runs stays with those runs.
UPDATE delivery
SET state = $2, runs = $3, runs_before = runs, sent_at = $4, token_expires_at = $5, sealed = $6, host = $7,
    turn = nextval('delivery_seq'), awaits_caller = false, next_run_at = NULL,
    settled_at = NULL, outcome = NULL, response = NULL, answered = NULL, parked_reason = NULL
WHERE seq = $1
