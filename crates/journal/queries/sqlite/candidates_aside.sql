SELECT seq
FROM delivery INDEXED BY delivery_aside
WHERE (state = 'parked' OR state = 'unmatched') AND state = ?4 AND seq >= ?1 AND seq < ?2
ORDER BY seq DESC
LIMIT ?3
