-- Every hook that has deliveries; each is looked for behind the one before.
WITH RECURSIVE known (hook) AS (
    SELECT min(hook) FROM delivery
    UNION ALL
    SELECT (SELECT min(d.hook) FROM delivery AS d WHERE d.hook > known.hook) FROM known WHERE known.hook IS NOT NULL
)
SELECT hook FROM known WHERE hook IS NOT NULL
