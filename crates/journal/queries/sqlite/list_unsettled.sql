SELECT id, hook, lane, state, sent_at, next_run_at, runs, awaits_caller
FROM delivery
WHERE state IN ('waiting', 'running', 'held')
ORDER BY seq
