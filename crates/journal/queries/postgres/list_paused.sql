SELECT hook FROM paused_hook ORDER BY hook COLLATE "C"
