DELETE FROM paused_lane WHERE hook = $1 AND lane = $2
