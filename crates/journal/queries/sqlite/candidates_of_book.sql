-- And whether each may fit, as the catalogue tells: by the hook, the type, the stand (of a list in JSON) and the agent, where
-- they are asked for.
SELECT
    c.delivery,
    (?5 IS NULL OR c.hook = ?5)
    AND (?6 IS NULL OR c.event_type = ?6)
    AND (
        ?7 IS NULL
        OR c.stand IS NULL
        OR c.stand IN (SELECT value FROM json_each(?7))
        OR EXISTS (SELECT 1 FROM uncertain AS u WHERE u.delivery = c.delivery)
    )
    AND (?8 IS NULL OR EXISTS (
        SELECT 1 FROM catalogue AS o WHERE o.field = 'agent' AND o.value = ?8 AND o.delivery = c.delivery
    ))
FROM catalogue AS c
WHERE c.field = 'book' AND c.value = ?4 AND c.delivery >= ?1 AND c.delivery < ?2
ORDER BY c.delivery DESC
LIMIT ?3
