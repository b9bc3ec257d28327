SELECT seq, book_id, agent_id
FROM delivery
WHERE seq > (SELECT up_to FROM catalogued WHERE id = 1)
ORDER BY seq
LIMIT ?1
