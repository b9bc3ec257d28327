-- To the back of its lane: behind all that was appended, and all that was put there, before. What came of its earlier
-- runs stays with those runs.
UPDATE delivery
SET state = ?2, sent_at = ?3, runs_before = runs,
    turn = 1 + max(
        (SELECT max(seq) FROM delivery) << 20,
        coalesce((SELECT max(turn) FROM delivery WHERE turn IS NOT NULL), 0)
    ),
    token_expires_at = CASE WHEN ?4 THEN token_expires_at END, sealed = CASE WHEN ?4 THEN sealed END,
    awaits_caller = 0, next_run_at = NULL, settled_at = NULL, outcome = NULL, response = NULL, parked_reason = NULL
WHERE seq = ?1
