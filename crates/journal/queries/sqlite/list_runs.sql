SELECT number, cause, started_at, finished_at, handler_status, response, error
FROM run
WHERE delivery = ?1
ORDER BY number
