SELECT id, hook, lane, state, sent_at, next_run_at, runs, runs - runs_before, awaits_caller
FROM delivery
WHERE seq = ?1 AND (state = 'waiting' OR state = 'running' OR state = 'held')
