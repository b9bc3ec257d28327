-- A known event runs again, at the back of its lane: what came of its earlier runs stays with those runs. As for a new
-- one, where it stands may differ from what was asked for. What its paused lane waits for is not held.
UPDATE delivery
SET state = place.state, runs = runs + CASE WHEN place.state = 'running' THEN 1 ELSE 0 END, runs_before = runs,
    sent_at = $3, token_expires_at = $4, sealed = $5, host = $6::bigint, turn = nextval('delivery_seq'),
    awaits_caller = false, next_run_at = NULL, settled_at = NULL, outcome = NULL, response = NULL, answered = NULL,
    parked_reason = NULL
FROM (
    SELECT CASE
        WHEN EXISTS (SELECT FROM paused_hook AS h WHERE h.hook = d.hook)
            OR EXISTS (
                SELECT FROM paused_lane AS l
                WHERE l.hook = d.hook AND l.lane = d.lane AND l.held_for IS DISTINCT FROM d.id
            ) THEN 'held'
        WHEN $2::text = 'held' AND EXISTS (SELECT FROM paused_lane AS l WHERE l.held_for = d.id) THEN 'waiting'
        WHEN $2 = 'running' AND EXISTS (
            SELECT FROM delivery AS e
            WHERE e.hook = d.hook AND e.lane = d.lane AND e.state IN ('waiting', 'running', 'held')
              AND NOT e.awaits_caller AND e.seq <> d.seq
        ) THEN 'waiting'
        ELSE $2
    END AS state
    FROM delivery AS d
    WHERE d.seq = $1
) AS place
WHERE seq = $1
RETURNING delivery.state, delivery.runs
