-- The next of the recent events, in the order of their keys.
SELECT event_key, delivery FROM event_recent WHERE event_key >= ?1 ORDER BY event_key, delivery LIMIT ?2
