-- Locked, so that what is found at rest does not begin meanwhile. Found as in `candidates_of_agent`.
WITH open AS MATERIALIZED (
    SELECT seq FROM delivery WHERE state IN ('waiting', 'running', 'held') AND agent_id = $1
), candidate AS MATERIALIZED (
    (SELECT seq
     FROM delivery
     WHERE state IN ('settled', 'parked', 'unmatched') AND agent_id = ANY(ARRAY[$1]) AND seq > $2
     ORDER BY agent_id, seq
     LIMIT $3)
    UNION ALL
    SELECT seq FROM open WHERE seq > $2
)
SELECT seq, id, state
FROM delivery
WHERE seq = ANY(ARRAY(SELECT seq FROM candidate ORDER BY seq LIMIT $3))
ORDER BY seq
FOR UPDATE
