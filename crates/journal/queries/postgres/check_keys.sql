-- Unsettled deliveries whose token another key has sealed.
SELECT id, count(*) OVER ()
FROM delivery
WHERE state IN ('waiting', 'running', 'held')
  AND sealed IS NOT NULL AND substr(sealed, 2, 4) <> $1
LIMIT 1
