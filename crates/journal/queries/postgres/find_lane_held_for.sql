-- Whether a delivery may run although its lane is paused: the lane waits for it, and its hook goes on.
SELECT
FROM paused_lane
WHERE held_for = $1 AND NOT EXISTS (SELECT FROM paused_hook WHERE paused_hook.hook = paused_lane.hook)
