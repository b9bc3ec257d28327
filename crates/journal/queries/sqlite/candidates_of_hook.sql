SELECT seq
FROM delivery INDEXED BY delivery_hook
WHERE hook = ?4 AND seq >= ?1 AND seq < ?2
ORDER BY seq DESC
LIMIT ?3
