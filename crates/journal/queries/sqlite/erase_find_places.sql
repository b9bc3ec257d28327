-- Of these places (a list in JSON, in order), those that are not empty.
SELECT d.seq, d.id, d.state, d.event_key, d.book_id, d.agent_id, coalesce(length(p.body), 0)
FROM json_each(?1) AS place
CROSS JOIN delivery AS d ON d.seq = place.value
LEFT JOIN payload AS p ON p.delivery = d.seq
WHERE place.value > ?2
LIMIT ?3
