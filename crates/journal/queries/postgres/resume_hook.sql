DELETE FROM paused_hook WHERE hook = $1
