UPDATE delivery
SET state = 'waiting'
WHERE state IN ('waiting', 'running', 'held') AND state = 'running'
