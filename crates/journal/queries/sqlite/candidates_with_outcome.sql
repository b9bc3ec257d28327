SELECT seq
FROM delivery INDEXED BY delivery_outcome
WHERE outcome = ?4 AND seq >= ?1 AND seq < ?2
ORDER BY seq DESC
LIMIT ?3
