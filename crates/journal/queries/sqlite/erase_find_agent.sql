SELECT d.seq, d.id, d.state, coalesce(length(p.body), 0)
FROM delivery AS d
LEFT JOIN payload AS p ON p.delivery = d.seq
WHERE d.agent_id = ?1 AND d.seq > ?2
ORDER BY d.seq
LIMIT ?3
