-- With an error, or parked.
SELECT seq FROM (
    SELECT seq
    FROM delivery INDEXED BY delivery_outcome
    WHERE outcome = 'error' AND seq >= ?1 AND seq < ?2
    ORDER BY seq DESC
    LIMIT ?3
)
UNION ALL
SELECT seq FROM (
    SELECT seq
    FROM delivery INDEXED BY delivery_aside
    WHERE (state = 'parked' OR state = 'unmatched') AND state = 'parked' AND seq >= ?1 AND seq < ?2
    ORDER BY seq DESC
    LIMIT ?3
)
ORDER BY seq DESC
LIMIT ?3
