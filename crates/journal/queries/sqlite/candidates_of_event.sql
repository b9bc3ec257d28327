-- The keys that the event has in each hook are a list in JSON. While a run is written, its keys are in two places.
SELECT delivery FROM event_recent
WHERE delivery >= ?1 AND delivery < ?2 AND event_key IN (SELECT value FROM json_each(?4))
UNION
SELECT o.delivery
FROM event_run AS r
CROSS JOIN json_each(?4) AS key
CROSS JOIN event_old AS o ON o.run = r.up_to AND o.event_key = key.value
WHERE o.delivery >= ?1 AND o.delivery < ?2
ORDER BY 1 DESC
LIMIT ?3
