UPDATE delivery
SET state = 'waiting'
WHERE hook = ?1 AND state = 'held'
