-- Of these, in the order of the lanes.
SELECT id, hook, lane, state, sent_at, next_run_at, runs, runs - runs_before, awaits_caller, NULL::bytea
FROM delivery
WHERE seq = ANY($1) AND state IN ('waiting', 'running', 'held') AND (host = $2 OR host IS NULL)
ORDER BY turn
