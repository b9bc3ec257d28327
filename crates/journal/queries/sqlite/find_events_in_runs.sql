-- Recent events that are in a run which is written.
SELECT delivery FROM event_recent
WHERE delivery <= (SELECT max(up_to) FROM event_run WHERE filter IS NOT NULL)
ORDER BY delivery
