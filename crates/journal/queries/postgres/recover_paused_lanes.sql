-- A lane that was paused stays paused: what would run in it is held, but for what it waits for.
UPDATE delivery
SET state = 'held'
WHERE state = 'waiting' AND NOT awaits_caller
  AND EXISTS (
      SELECT FROM paused_lane AS p
      WHERE p.hook = delivery.hook AND p.lane = delivery.lane AND p.held_for IS DISTINCT FROM delivery.id
  )
