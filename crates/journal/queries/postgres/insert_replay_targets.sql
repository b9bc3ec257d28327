INSERT INTO replay_target (job, page, ids) VALUES ($1, $2, $3)
