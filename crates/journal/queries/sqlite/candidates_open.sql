SELECT seq
FROM delivery INDEXED BY delivery_unsettled
WHERE (state = 'waiting' OR state = 'running' OR state = 'held') AND state = ?4 AND seq >= ?1 AND seq < ?2
ORDER BY seq DESC
LIMIT ?3
