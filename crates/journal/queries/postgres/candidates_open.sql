WITH open AS MATERIALIZED (
    SELECT seq FROM delivery WHERE state IN ('waiting', 'running', 'held') AND state = $4
)
SELECT seq FROM open WHERE seq >= $1 AND seq < $2 ORDER BY seq DESC LIMIT $3
