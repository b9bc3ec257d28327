-- Every hook that has deliveries. Among those that are done, each is looked for behind the one before.
WITH RECURSIVE settled (hook) AS (
    (SELECT hook FROM delivery WHERE state = 'settled' ORDER BY hook, event_type, outcome, seq LIMIT 1)
    UNION ALL
    SELECT next.hook
    FROM settled
    CROSS JOIN LATERAL (
        SELECT hook
        FROM delivery
        WHERE state = 'settled' AND hook > settled.hook
        ORDER BY hook, event_type, outcome, seq
        LIMIT 1
    ) AS next
), aside (hook) AS (
    (SELECT hook FROM delivery WHERE state IN ('parked', 'unmatched') ORDER BY hook, event_type, state, seq LIMIT 1)
    UNION ALL
    SELECT next.hook
    FROM aside
    CROSS JOIN LATERAL (
        SELECT hook
        FROM delivery
        WHERE state IN ('parked', 'unmatched') AND hook > aside.hook
        ORDER BY hook, event_type, state, seq
        LIMIT 1
    ) AS next
)
SELECT hook FROM settled
UNION
SELECT hook FROM aside
UNION
SELECT hook FROM delivery WHERE state IN ('waiting', 'running', 'held')
