-- Events that are not known again, and keys of nothing.
SELECT odd, count(*) OVER ()
FROM (
    SELECT d.id AS odd
    FROM delivery AS d
    WHERE d.event_key IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM event_recent AS e WHERE e.delivery = d.seq AND e.event_key = d.event_key)
      AND NOT EXISTS (
          SELECT 1 FROM event_old AS o
          WHERE o.run = (SELECT min(r.up_to) FROM event_run AS r WHERE r.up_to >= d.seq AND r.filter IS NOT NULL)
            AND o.event_key = d.event_key AND o.delivery = d.seq
      )
    UNION ALL
    SELECT 'a recent key of ' || e.delivery
    FROM event_recent AS e
    WHERE NOT EXISTS (SELECT 1 FROM delivery AS d WHERE d.seq = e.delivery AND d.event_key = e.event_key)
    UNION ALL
    SELECT 'a key of ' || o.delivery || ' in run ' || o.run
    FROM event_old AS o
    WHERE o.run IS NOT (SELECT min(r.up_to) FROM event_run AS r WHERE r.up_to >= o.delivery)
       OR NOT EXISTS (SELECT 1 FROM delivery AS d WHERE d.seq = o.delivery AND d.event_key = o.event_key)
) AS found
LIMIT 1
