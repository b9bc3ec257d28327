UPDATE delivery
SET state = 'held'
WHERE hook = $1 AND lane = $2 AND state = 'waiting' AND NOT awaits_caller
