SELECT d.seq, d.id, d.state, d.event_key, d.book_id, d.agent_id, coalesce(length(p.body), 0), d.received_at, d.settled_at
FROM delivery AS d
LEFT JOIN payload AS p ON p.delivery = d.seq
WHERE d.seq > ?1
ORDER BY d.seq
LIMIT ?2
