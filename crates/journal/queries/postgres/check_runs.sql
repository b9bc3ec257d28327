-- Deliveries with more or fewer runs than they count.
SELECT d.id, count(*) OVER ()
FROM delivery AS d
WHERE d.runs <> (SELECT count(*) FROM run AS r WHERE r.delivery = d.seq)
LIMIT 1
