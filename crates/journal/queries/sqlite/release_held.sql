-- What waits in a paused lane is still held, but for what the lane waits for.
UPDATE delivery INDEXED BY delivery_unsettled
SET state = 'waiting'
WHERE hook = ?1 AND state = 'held'
  AND NOT EXISTS (
      SELECT 1 FROM paused_lane AS p
      WHERE p.hook = ?1 AND p.lane = delivery.lane AND p.held_for IS NOT delivery.id
  )
