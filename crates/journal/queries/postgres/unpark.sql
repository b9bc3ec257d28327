-- It keeps its place in the order of its lane.
UPDATE delivery
SET state = $2, sent_at = $3, host = $4, runs_before = runs, parked_reason = NULL
WHERE seq = $1
