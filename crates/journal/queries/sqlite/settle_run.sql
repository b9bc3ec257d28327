UPDATE run
SET finished_at = ?3, handler_status = ?4, response = ?5, error = ?6
WHERE delivery = ?1 AND number = ?2 AND finished_at IS NULL
