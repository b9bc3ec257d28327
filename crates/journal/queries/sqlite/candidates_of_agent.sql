SELECT delivery
FROM catalogue
WHERE field = 'agent' AND value = ?4 AND delivery >= ?1 AND delivery < ?2
ORDER BY delivery DESC
LIMIT ?3
