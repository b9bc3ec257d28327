-- Delivery, payload and first run in one statement: each costs a way to the server. No row: the event is known, or
-- another delivery of its lane runs.
--
-- Where it stands differs from what was asked for when its lane is not free, or is paused, as the host that asks may not
-- know yet.
WITH place AS (
    SELECT nextval('delivery_seq') AS seq,
           CASE
               WHEN $13::text NOT IN ('running', 'waiting') THEN $13
               WHEN EXISTS (SELECT FROM paused_hook WHERE hook = $2)
                   OR EXISTS (SELECT FROM paused_lane WHERE hook = $2 AND lane = $7) THEN 'held'
               WHEN $13 = 'running' AND EXISTS (
                   SELECT FROM delivery
                   WHERE hook = $2 AND lane = $7 AND state IN ('waiting', 'running', 'held') AND NOT awaits_caller
               ) THEN 'waiting'
               ELSE $13
           END AS state
), added AS (
    INSERT INTO delivery (
        seq, turn, id, hook, event_id, event_key, fingerprint, event_type, lane, book_id, agent_id, conflict,
        received_at, sent_at, token_expires_at, sealed, state, runs, settled_at, outcome, response, host, user_id
    )
    SELECT place.seq, place.seq, $1, $2, $3, $4, $5, $6, $7, $8, $9,
           EXISTS (SELECT FROM delivery WHERE event_key = $4 AND fingerprint <> $5),
           $10::bigint, $10::bigint, $11, $12, place.state,
           CASE WHEN place.state = 'running' THEN 1 ELSE 0 END,
           CASE WHEN place.state = 'settled' THEN $10 END, $14, $15,
           CASE WHEN place.state IN ('running', 'waiting', 'held') THEN $16::bigint END,
           $19
    FROM place
    ON CONFLICT DO NOTHING
    RETURNING seq, state, conflict
), carried AS (
    INSERT INTO payload (delivery, headers, body) SELECT seq, $17, $18 FROM added
), begun AS (
    INSERT INTO run (delivery, number, cause, started_at)
    SELECT seq, 1, 'first', $10 FROM added WHERE state = 'running'
)
SELECT state, conflict FROM added
