SELECT state FROM replay_job WHERE id = $1 FOR UPDATE
