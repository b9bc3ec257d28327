-- A hook that was paused stays paused: what would run is held.
UPDATE delivery INDEXED BY delivery_unsettled
SET state = 'held'
WHERE state = 'waiting' AND awaits_caller = 0
  AND hook IN (SELECT hook FROM paused_hook)
