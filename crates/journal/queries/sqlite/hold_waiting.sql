-- Those that wait for their caller stay: they are held when the caller comes.
UPDATE delivery INDEXED BY delivery_unsettled
SET state = 'held'
WHERE hook = ?1 AND state = 'waiting' AND awaits_caller = 0
