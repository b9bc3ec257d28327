SELECT hook, lane, paused_at, who, reason, held_for FROM paused_lane ORDER BY hook COLLATE "C", lane COLLATE "C"
