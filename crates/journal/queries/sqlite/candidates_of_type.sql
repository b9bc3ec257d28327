SELECT seq
FROM delivery INDEXED BY delivery_type
WHERE event_type = ?4 AND seq >= ?1 AND seq < ?2
ORDER BY seq DESC
LIMIT ?3
