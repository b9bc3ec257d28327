-- Whether a delivery may run although its lane is paused: the lane waits for it, and its hook goes on.
SELECT 1
FROM paused_lane
WHERE held_for = ?1 AND NOT EXISTS (SELECT 1 FROM paused_hook WHERE paused_hook.hook = paused_lane.hook)
