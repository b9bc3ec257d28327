-- This host's, and those that wait for their callers, in the order of the lanes.
SELECT seq
FROM delivery
WHERE state IN ('waiting', 'running', 'held') AND (host = $1 OR host IS NULL)
ORDER BY turn
