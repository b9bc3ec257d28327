-- What is done, in the order of its index, which no other index has; and what is not, which is little.
WITH open AS MATERIALIZED (
    SELECT seq FROM delivery WHERE state IN ('waiting', 'running', 'held') AND agent_id = $4
)
SELECT seq FROM (
    (SELECT seq
     FROM delivery
     WHERE state IN ('settled', 'parked', 'unmatched') AND agent_id = ANY(ARRAY[$4]) AND seq >= $1 AND seq < $2
     ORDER BY agent_id DESC, seq DESC
     LIMIT $3)
    UNION ALL
    SELECT seq FROM open WHERE seq >= $1 AND seq < $2
) AS candidate
ORDER BY seq DESC
LIMIT $3
