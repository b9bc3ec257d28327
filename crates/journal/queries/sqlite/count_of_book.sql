-- Up to a limit.
SELECT count(*)
FROM (
    SELECT 1 FROM catalogue WHERE field = 'book' AND value = ?4 AND delivery >= ?1 AND delivery < ?2 LIMIT ?3
)
