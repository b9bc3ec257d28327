-- Held although nothing is paused any more: its pausing could never be written.
UPDATE delivery
SET state = 'waiting'
WHERE seq = ?1 AND state = 'held'
  AND NOT EXISTS (SELECT 1 FROM paused_hook WHERE paused_hook.hook = delivery.hook)
  AND NOT EXISTS (
      SELECT 1 FROM paused_lane AS p
      WHERE p.hook = delivery.hook AND p.lane = delivery.lane AND p.held_for IS NOT delivery.id
  )
