DELETE FROM paused_hook WHERE who IS NULL
