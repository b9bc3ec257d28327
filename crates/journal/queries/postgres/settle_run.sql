-- Does nothing when that run is not the one that runs here, as the statement that follows it.
UPDATE run
SET finished_at = $3, handler_status = $4, response = $5, error = $6
FROM delivery AS d
WHERE d.id = $1 AND d.state = 'running' AND d.runs = $2 AND d.host = $7 AND run.delivery = d.seq AND run.number = $2
