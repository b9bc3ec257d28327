-- Of these candidates, those that fit.
SELECT seq, id, hook, event_id, event_type, lane, book_id, agent_id, user_id, state, outcome, conflict,
       received_at, settled_at, answered, parked_reason, next_run_at
FROM delivery
WHERE seq = ANY($1::bigint[])
  AND ($2::text IS NULL OR hook = $2)
  AND ($3::text IS NULL OR book_id = $3)
  AND ($4::text IS NULL OR event_id = $4)
  AND ($5::text IS NULL OR event_type = $5)
  AND ($6::text IS NULL OR agent_id = $6)
  AND ($7::text IS NULL OR state = $7)
  AND ($8::text IS NULL OR outcome = $8)
  AND (NOT $9::boolean OR state = 'parked' OR outcome = 'error')
  AND ($10::bigint IS NULL OR received_at >= $10)
  AND ($11::bigint IS NULL OR received_at < $11)
