-- Whether what waits in this lane is held, this delivery at least: not if it is what the lane is paused for.
SELECT EXISTS (SELECT FROM paused_hook WHERE hook = $1)
    OR EXISTS (SELECT FROM paused_lane WHERE hook = $1 AND lane = $2 AND held_for IS DISTINCT FROM $3)
