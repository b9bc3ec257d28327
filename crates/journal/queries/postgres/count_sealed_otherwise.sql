-- Unsettled deliveries whose token another key has sealed; the key's id is in the sealed value.
SELECT count(*)
FROM delivery
WHERE state IN ('waiting', 'running', 'held')
  AND sealed IS NOT NULL AND substr(sealed, 2, 4) <> $1
