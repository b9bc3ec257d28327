-- To the back of its lane. What came of its earlier runs stays with those runs.
UPDATE delivery
SET state = $2, sent_at = $3, runs_before = runs, turn = nextval('delivery_seq'), host = $5,
    token_expires_at = CASE WHEN $4 THEN token_expires_at END, sealed = CASE WHEN $4 THEN sealed END,
    awaits_caller = false, next_run_at = NULL, settled_at = NULL, outcome = NULL, response = NULL, parked_reason = NULL
WHERE seq = $1
