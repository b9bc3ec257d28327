-- Deliveries without a payload: one of them, and how many there are.
SELECT d.id, count(*) OVER ()
FROM delivery AS d
WHERE NOT EXISTS (SELECT 1 FROM payload AS p WHERE p.delivery = d.seq)
LIMIT 1
