SELECT seq, id, hook, event_id, event_type, lane, book_id, agent_id, user_id, state, outcome, conflict,
       received_at, settled_at, answered, parked_reason, next_run_at
FROM delivery
WHERE id = $1
