UPDATE delivery
SET state = 'waiting'
WHERE state IN ('waiting', 'running', 'held') AND hook = ?1 AND state = 'held'
