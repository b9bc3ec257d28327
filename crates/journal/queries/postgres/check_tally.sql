-- Counts that are not those of the deliveries.
SELECT state || ' of ' || hook, count(*) OVER ()
FROM (
    SELECT hook, state, count FROM hook_tally
    UNION ALL
    SELECT hook, state, change FROM hook_change
    UNION ALL
    SELECT hook, state, -count(*)
    FROM delivery
    WHERE state IN ('settled', 'parked', 'unmatched')
    GROUP BY hook, state
) AS counted
GROUP BY hook, state
HAVING sum(count) <> 0
LIMIT 1
