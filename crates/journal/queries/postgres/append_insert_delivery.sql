-- Delivery, payload and first run in one statement: each costs a way to the server. No row: the event is known, or
-- another delivery of its lane runs.
WITH added AS (
    INSERT INTO delivery (
        seq, turn, id, hook, event_id, event_key, fingerprint, event_type, lane, book_id, agent_id, conflict,
        received_at, sent_at, token_expires_at, sealed, state, runs, settled_at, outcome, response, host
    )
    SELECT place.seq, place.seq, $1, $2, $3, $4, $5, $6, $7, $8, $9,
           EXISTS (SELECT FROM delivery WHERE event_key = $4 AND fingerprint <> $5),
           $10::bigint, $10::bigint, $11, $12, $13::text,
           CASE WHEN $13 = 'running' THEN 1 ELSE 0 END,
           CASE WHEN $13 = 'settled' THEN $10 END, $14, $15,
           CASE WHEN $13 IN ('running', 'waiting', 'held') THEN $16::bigint END
    FROM (SELECT nextval('delivery_seq') AS seq) AS place
    ON CONFLICT DO NOTHING
    RETURNING seq, conflict
), carried AS (
    INSERT INTO payload (delivery, headers, body) SELECT seq, $17, $18 FROM added
), begun AS (
    INSERT INTO run (delivery, number, cause, started_at)
    SELECT seq, 1, 'first', $10 FROM added WHERE $13 = 'running'
)
SELECT conflict FROM added
