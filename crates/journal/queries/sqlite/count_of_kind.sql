-- Up to a limit.
SELECT count(*)
FROM (
    SELECT 1
    FROM delivery INDEXED BY delivery_kind
    WHERE hook = ?4 AND event_type = ?5 AND coalesce(outcome, state) = ?6 AND seq >= ?1 AND seq < ?2
    LIMIT ?3
)
