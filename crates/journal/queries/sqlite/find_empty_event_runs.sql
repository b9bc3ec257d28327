SELECT r.up_to
FROM event_run AS r
WHERE r.filter IS NOT NULL AND NOT EXISTS (SELECT 1 FROM event_old AS o WHERE o.run = r.up_to)
