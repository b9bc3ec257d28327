-- Those that wait for their caller stay: they are held when the caller comes.
UPDATE delivery
SET state = 'held'
WHERE hook = $1 AND state = 'waiting' AND NOT awaits_caller
