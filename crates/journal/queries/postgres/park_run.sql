-- After a run, as `settle_delivery`.
UPDATE delivery
SET state = 'parked', parked_reason = $4, host = NULL
WHERE id = $1 AND state = 'running' AND runs = $2 AND host = $3
