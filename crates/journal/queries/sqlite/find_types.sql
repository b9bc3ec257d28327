-- Every type that a hook has deliveries of; each is looked for behind the one before.
WITH RECURSIVE known (event_type) AS (
    SELECT min(event_type) FROM delivery WHERE hook = ?1
    UNION ALL
    SELECT (SELECT min(d.event_type) FROM delivery AS d WHERE d.hook = ?1 AND d.event_type > known.event_type)
    FROM known
    WHERE known.event_type IS NOT NULL
)
SELECT event_type FROM known WHERE event_type IS NOT NULL
