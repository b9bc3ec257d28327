-- What is done, in the order of its index, which no other index has, and whether each may fit, as that index tells: by
-- hook, type, stand and book, where they are asked for. And what is not done, which is little.
WITH open AS MATERIALIZED (
    SELECT seq FROM delivery WHERE state IN ('waiting', 'running', 'held') AND agent_id = $4
)
SELECT seq, may_fit FROM (
    (SELECT seq,
            ($5::text IS NULL OR hook = $5)
            AND ($6::text IS NULL OR event_type = $6)
            AND ($7::text[] IS NULL OR coalesce(outcome, state) = ANY($7))
            AND ($8::text IS NULL OR book_id IS NOT DISTINCT FROM $8) AS may_fit
     FROM delivery
     WHERE state IN ('settled', 'parked', 'unmatched') AND agent_id = ANY(ARRAY[$4]) AND seq >= $1 AND seq < $2
     ORDER BY agent_id DESC, seq DESC
     LIMIT $3)
    UNION ALL
    SELECT seq, true FROM open WHERE seq >= $1 AND seq < $2
) AS candidate
ORDER BY seq DESC
LIMIT $3
