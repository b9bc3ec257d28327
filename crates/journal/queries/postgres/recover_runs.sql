-- Of this host, when it starts over.
UPDATE run
SET finished_at = $1, error = $2
WHERE finished_at IS NULL
  AND delivery IN (
      SELECT seq FROM delivery WHERE state = 'running' AND host = $3
  )
