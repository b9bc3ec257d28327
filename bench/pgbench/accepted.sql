-- What the journal writes of an event that is accepted and handled, one event after the other for each client: delivery,
-- payload and first run in one commit; the ends of run and delivery in another. In the journal's own schema, with its
-- indexes. BODY and SEALED are given by the bench.

\set key random(1, 9223372036854775807)
\set book :client_id % 500

WITH added AS (
    INSERT INTO delivery (
        seq, turn, id, hook, event_id, event_key, fingerprint, event_type, lane, book_id, agent_id, conflict,
        received_at, sent_at, token_expires_at, sealed, state, runs, host
    )
    SELECT place.seq, place.seq, int8send(:key) || int8send(place.seq), 'bench-bot', (:key)::bigint::text, :key,
           int8send(:key) || int8send(:key), 'TRANSACTION_CHECKED', 'book-id-' || (:book)::int::text,
           'book-id-' || (:book)::int::text, 'bench-bot', false, 1700000000000000, 1700000000000000,
           1700003600000000, convert_to(:sealed, 'UTF8'), 'running', 1, 1
    FROM (SELECT nextval('delivery_seq') AS seq) AS place
    ON CONFLICT DO NOTHING
    RETURNING seq
), carried AS (
    INSERT INTO payload (delivery, headers, body)
    SELECT seq, '\x00', convert_to(:body, 'UTF8') FROM added
)
INSERT INTO run (delivery, number, cause, started_at) SELECT seq, 1, 'first', 1700000000000000 FROM added;

\startpipeline
BEGIN;
UPDATE run
SET finished_at = 1700000000001000, handler_status = 200, response = '{"result":"CHECKED: 1000.00"}'
FROM delivery AS d
WHERE d.event_key = :key AND d.state = 'running' AND run.delivery = d.seq AND run.number = 1;
UPDATE delivery
SET state = 'settled', settled_at = 1700000000001000, outcome = 'result', sealed = NULL, host = NULL
WHERE event_key = :key AND state = 'running';
COMMIT;
\endpipeline
