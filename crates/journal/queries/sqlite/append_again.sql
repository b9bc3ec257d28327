-- A known event runs again, at the back of its lane: what came of its earlier runs stays with those runs.
UPDATE delivery
SET state = ?2, runs = ?3, runs_before = runs, sent_at = ?4, token_expires_at = ?5, sealed = ?6,
    turn = 1 + max(
        (SELECT max(seq) FROM delivery) << 20,
        coalesce((SELECT max(turn) FROM delivery WHERE turn IS NOT NULL), 0)
    ),
    awaits_caller = 0, next_run_at = NULL, settled_at = NULL, outcome = NULL, response = NULL, answered = NULL,
    parked_reason = NULL
WHERE seq = ?1
