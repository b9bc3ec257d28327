-- What no other host sees to is this one's now.
UPDATE delivery
SET state = CASE state WHEN 'running' THEN 'waiting' ELSE state END, host = $1
WHERE state IN ('waiting', 'running', 'held') AND host IS NOT NULL
  AND (host = $1 OR host NOT IN (SELECT id FROM host))
