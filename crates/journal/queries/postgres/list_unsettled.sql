-- This host's, and those that wait for their callers, in the order of the lanes.
SELECT id, hook, lane, state, sent_at, next_run_at, runs, runs - runs_before, awaits_caller, NULL::bytea
FROM delivery
WHERE state IN ('waiting', 'running', 'held') AND (host = $1 OR host IS NULL)
ORDER BY turn
