UPDATE delivery
SET state = 'waiting'
WHERE state = 'running' AND host = $1
