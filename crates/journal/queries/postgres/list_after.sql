SELECT seq, id, hook, event_id, event_type, lane, book_id, agent_id, state, outcome, conflict,
       received_at, settled_at, answered, parked_reason, next_run_at
FROM delivery
WHERE seq > $1
  AND ($3::text IS NULL OR hook = $3)
  AND ($4::text IS NULL OR book_id = $4)
  AND ($5::text IS NULL OR event_id = $5)
  AND ($6::text IS NULL OR event_type = $6)
  AND ($7::text IS NULL OR agent_id = $7)
  AND ($8::text IS NULL OR state = $8)
  AND ($9::text IS NULL OR outcome = $9)
  AND (NOT $10::boolean OR state = 'parked' OR outcome = 'error')
  AND ($11::bigint IS NULL OR received_at >= $11)
  AND ($12::bigint IS NULL OR received_at < $12)
ORDER BY seq
LIMIT $2
