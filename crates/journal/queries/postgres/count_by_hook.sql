SELECT hook, state, sum(count)::bigint, NULL::bigint
FROM (SELECT hook, state, count FROM hook_tally UNION ALL SELECT hook, state, change FROM hook_change) AS counted
GROUP BY hook, state
HAVING sum(count) > 0
UNION ALL
SELECT hook, state, count(*), min(sent_at)
FROM delivery
WHERE state IN ('waiting', 'running', 'held')
GROUP BY hook, state
ORDER BY 1, 2
