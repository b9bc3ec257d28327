-- Of what is done, up to a limit; in the order of its index, which no other index has.
SELECT count(*)
FROM (
    SELECT
    FROM delivery
    WHERE state IN ('settled', 'parked', 'unmatched') AND agent_id = ANY(ARRAY[$4]) AND seq >= $1 AND seq < $2
    ORDER BY agent_id DESC, seq DESC
    LIMIT $3
) AS done
