SELECT number, cause, started_at, finished_at, handler_status, r.response, r.error
FROM run AS r
JOIN delivery AS d ON d.seq = r.delivery
WHERE d.id = $1
ORDER BY number
