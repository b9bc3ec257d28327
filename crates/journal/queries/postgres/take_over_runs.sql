UPDATE run
SET finished_at = $2, error = $3
WHERE finished_at IS NULL AND delivery = ANY($1)
