-- Every hook that has deliveries. Among those that are done, each is looked for behind the one before.
WITH RECURSIVE known (hook) AS (
    (SELECT hook FROM delivery WHERE state IN ('settled', 'parked', 'unmatched') ORDER BY hook, seq LIMIT 1)
    UNION ALL
    SELECT next.hook
    FROM known
    CROSS JOIN LATERAL (
        SELECT hook
        FROM delivery
        WHERE state IN ('settled', 'parked', 'unmatched') AND hook > known.hook
        ORDER BY hook, seq
        LIMIT 1
    ) AS next
)
SELECT hook FROM known
UNION
SELECT hook FROM delivery WHERE state IN ('waiting', 'running', 'held')
