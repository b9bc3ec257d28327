-- Of what is done, up to a limit; found as in `candidates_of_kind`.
SELECT count(*)
FROM (
    SELECT
    FROM unnest($4::text[], $5::text[]) AS kind (hook, event_type)
    CROSS JOIN unnest($6::text[]) AS stand (name)
    CROSS JOIN LATERAL (
        (SELECT
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
        (SELECT
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
    LIMIT $3
) AS found
