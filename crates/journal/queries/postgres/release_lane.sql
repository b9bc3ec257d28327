UPDATE delivery
SET state = 'waiting'
WHERE hook = $1 AND lane = $2 AND state = 'held'
  AND NOT EXISTS (SELECT FROM paused_hook WHERE paused_hook.hook = $1)
