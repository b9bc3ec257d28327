SELECT seq
FROM delivery INDEXED BY delivery_kind
WHERE hook = ?4 AND event_type = ?5 AND coalesce(outcome, state) = ?6 AND seq >= ?1 AND seq < ?2
ORDER BY seq DESC
LIMIT ?3
