-- Every pair of a hook and a type among what is done: of this hook and of this type, if they are asked for. Each is looked
-- for behind the one before, in both indexes of kinds.
WITH RECURSIVE settled (hook, event_type) AS (
    (SELECT hook, event_type
     FROM delivery
     WHERE state = 'settled'
     ORDER BY hook, event_type, outcome, seq
     LIMIT 1)
    UNION ALL
    SELECT next.hook, next.event_type
    FROM settled
    CROSS JOIN LATERAL (
        SELECT hook, event_type
        FROM delivery
        WHERE state = 'settled' AND (hook, event_type) > (settled.hook, settled.event_type)
        ORDER BY hook, event_type, outcome, seq
        LIMIT 1
    ) AS next
), aside (hook, event_type) AS (
    (SELECT hook, event_type
     FROM delivery
     WHERE state IN ('parked', 'unmatched')
     ORDER BY hook, event_type, state, seq
     LIMIT 1)
    UNION ALL
    SELECT next.hook, next.event_type
    FROM aside
    CROSS JOIN LATERAL (
        SELECT hook, event_type
        FROM delivery
        WHERE state IN ('parked', 'unmatched') AND (hook, event_type) > (aside.hook, aside.event_type)
        ORDER BY hook, event_type, state, seq
        LIMIT 1
    ) AS next
)
SELECT hook, event_type
FROM (SELECT hook, event_type FROM settled UNION SELECT hook, event_type FROM aside) AS kind
WHERE ($1::text IS NULL OR hook = $1) AND ($2::text IS NULL OR event_type = $2)
