SELECT reason, count FROM replay_refusal WHERE job = $1 ORDER BY reason COLLATE "C"
