INSERT INTO replay_job (id, filter, without_token, per_second, who, created_at, state, matched, finished_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
