-- Deliveries that run without an open run, or have one and do not run.
SELECT d.id, count(*) OVER ()
FROM delivery AS d
WHERE (d.state = 'running')
   <> EXISTS (SELECT 1 FROM run AS r WHERE r.delivery = d.seq AND r.finished_at IS NULL)
LIMIT 1
