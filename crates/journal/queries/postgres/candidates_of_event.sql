-- By the keys that the event has in each hook.
WITH same AS MATERIALIZED (
    SELECT seq FROM delivery WHERE event_key = ANY($4::bigint[])
)
SELECT seq FROM same WHERE seq >= $1 AND seq < $2 ORDER BY seq DESC LIMIT $3
