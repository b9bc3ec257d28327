INSERT INTO hook_tally (hook, state, count)
SELECT hook, state, count(*)
FROM delivery
WHERE state IN ('settled', 'parked', 'unmatched')
GROUP BY hook, state
