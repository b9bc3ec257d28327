DELETE FROM paused_lane WHERE held_for = $1 RETURNING hook, lane
