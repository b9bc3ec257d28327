-- The keys that the event has in each hook are a list in JSON.
SELECT e.delivery
FROM json_each(?4) AS key
CROSS JOIN (
    SELECT event_key, delivery FROM event_recent
    UNION ALL
    SELECT event_key, delivery FROM event_old
) AS e ON e.event_key = key.value
WHERE e.delivery >= ?1 AND e.delivery < ?2
ORDER BY e.delivery DESC
LIMIT ?3
