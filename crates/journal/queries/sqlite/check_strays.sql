-- Payloads and runs without a delivery.
SELECT stray, count(*) OVER ()
FROM (
    SELECT 'a payload of ' || p.delivery AS stray
    FROM payload AS p
    WHERE NOT EXISTS (SELECT 1 FROM delivery AS d WHERE d.seq = p.delivery)
    UNION ALL
    SELECT 'run ' || r.number || ' of ' || r.delivery
    FROM run AS r
    WHERE NOT EXISTS (SELECT 1 FROM delivery AS d WHERE d.seq = r.delivery)
) AS strays
LIMIT 1
