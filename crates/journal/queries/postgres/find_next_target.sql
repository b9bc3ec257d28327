-- What a job is to replay next, and how; NULL when it has come to an end. Locked, for hosts share a job; and whether another
-- host that is there works it off.
SELECT j.state, j.without_token,
       (SELECT substr(t.ids, (j.done + j.refused) % 256 * 16 + 1, 16)
        FROM replay_target AS t
        WHERE t.job = j.id AND t.page = (j.done + j.refused) / 256),
       j.host <> $2 AND EXISTS (SELECT FROM host AS h WHERE h.id = j.host)
FROM replay_job AS j
WHERE j.id = $1
FOR UPDATE
