UPDATE delivery
SET state = CASE state WHEN 'running' THEN 'waiting' ELSE state END, host = $2
WHERE seq = ANY($1)
