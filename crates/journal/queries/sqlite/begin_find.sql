SELECT d.seq, d.state, d.runs, d.hook, d.event_id, d.event_type, d.lane, d.book_id, d.agent_id, d.user_id,
       d.fingerprint,
       d.token_expires_at, p.headers, p.body, d.sealed
FROM delivery AS d
JOIN payload AS p ON p.delivery = d.seq
WHERE d.id = ?1
