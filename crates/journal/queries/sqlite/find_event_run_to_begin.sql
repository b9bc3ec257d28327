-- The last place of so many recent events.
SELECT delivery FROM event_recent ORDER BY delivery LIMIT 1 OFFSET ?1 - 1
