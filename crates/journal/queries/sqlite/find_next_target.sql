-- What a job is to replay next, and how; NULL when it has come to an end.
SELECT j.state, j.without_token, substr(t.ids, (j.done + j.refused) % 256 * 16 + 1, 16)
FROM replay_job AS j
LEFT JOIN replay_target AS t ON t.job = j.id AND t.page = (j.done + j.refused) / 256
WHERE j.id = ?1
