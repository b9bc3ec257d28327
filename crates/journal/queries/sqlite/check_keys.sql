-- Unsettled deliveries whose token another key has sealed.
SELECT id, count(*) OVER ()
FROM delivery INDEXED BY delivery_unsettled
WHERE (state = 'waiting' OR state = 'running' OR state = 'held')
  AND sealed IS NOT NULL AND substr(sealed, 2, 4) <> ?1
LIMIT 1
