SELECT hook, state, count, NULL FROM hook_tally WHERE count > 0
UNION ALL
SELECT hook, state, count(*), min(sent_at)
FROM delivery INDEXED BY delivery_unsettled
WHERE state = 'waiting' OR state = 'running' OR state = 'held'
GROUP BY hook, state
ORDER BY 1, 2
