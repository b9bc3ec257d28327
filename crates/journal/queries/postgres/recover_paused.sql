-- A hook that was paused stays paused: what would run is held.
UPDATE delivery
SET state = 'held'
WHERE state = 'waiting' AND NOT awaits_caller
  AND hook IN (SELECT hook FROM paused_hook)
