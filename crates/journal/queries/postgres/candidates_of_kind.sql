-- The newest of some kinds: pairs of a hook and a type, each with every stand. What is done, in the order of the indexes,
-- which no others have, and whether each may fit, as these tell: by book and agent, where they are asked for. And what is
-- not done, which is little.
WITH open AS MATERIALIZED (
    SELECT seq
    FROM delivery
    WHERE state IN ('waiting', 'running', 'held')
      AND state = ANY($6)
      AND ($7::text IS NULL OR hook = $7)
      AND ($8::text IS NULL OR event_type = $8)
      AND ($9::text IS NULL OR book_id = $9)
      AND ($10::text IS NULL OR agent_id = $10)
)
SELECT seq, may_fit FROM (
    SELECT done.seq, done.may_fit
    FROM unnest($4::text[], $5::text[]) AS kind (hook, event_type)
    CROSS JOIN unnest($6::text[]) AS stand (name)
    CROSS JOIN LATERAL (
        (SELECT seq,
                ($9::text IS NULL OR book_id IS NOT DISTINCT FROM $9)
                AND ($10::text IS NULL OR agent_id IS NOT DISTINCT FROM $10) AS may_fit
         FROM delivery
         WHERE state = 'settled'
           AND hook = ANY(ARRAY[kind.hook])
           AND event_type = kind.event_type
           AND outcome = stand.name
           AND seq >= $1
           AND seq < $2
         ORDER BY hook DESC, event_type DESC, outcome DESC, seq DESC
         LIMIT $3)
        UNION ALL
        (SELECT seq,
                ($9::text IS NULL OR book_id IS NOT DISTINCT FROM $9)
                AND ($10::text IS NULL OR agent_id IS NOT DISTINCT FROM $10) AS may_fit
         FROM delivery
         WHERE state IN ('parked', 'unmatched')
           AND hook = ANY(ARRAY[kind.hook])
           AND event_type = kind.event_type
           AND state = stand.name
           AND seq >= $1
           AND seq < $2
         ORDER BY hook DESC, event_type DESC, state DESC, seq DESC
         LIMIT $3)
    ) AS done
    UNION ALL
    SELECT seq, true FROM open WHERE seq >= $1 AND seq < $2
) AS candidate
ORDER BY seq DESC
LIMIT $3
