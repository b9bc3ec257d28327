-- The newest first; one of them, if an id is given.
SELECT id, filter, without_token, per_second, who, created_at, state, matched, done, refused, finished_at
FROM replay_job
WHERE $1::bytea IS NULL OR id = $1
ORDER BY created_at DESC, id DESC
LIMIT $2
