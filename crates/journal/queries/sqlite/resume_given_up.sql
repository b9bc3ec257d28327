DELETE FROM paused_hook WHERE reason IS NOT NULL
