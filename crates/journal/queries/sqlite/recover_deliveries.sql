UPDATE delivery
SET state = 'waiting'
WHERE state = 'running'
