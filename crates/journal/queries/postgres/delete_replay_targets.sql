DELETE FROM replay_target WHERE job = $1
