-- In the order of the lanes. The index is named, for the planner would rather read everything than sort the few.
SELECT seq
FROM delivery INDEXED BY delivery_unsettled
WHERE state = 'waiting' OR state = 'running' OR state = 'held'
ORDER BY coalesce(turn, seq << 20)
