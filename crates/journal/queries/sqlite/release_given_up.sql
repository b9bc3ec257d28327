-- What was held for a hook that the host had paused by itself.
UPDATE delivery INDEXED BY delivery_unsettled
SET state = 'waiting'
WHERE state = 'held'
  AND hook IN (SELECT hook FROM paused_hook WHERE who IS NULL)
