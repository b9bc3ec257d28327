-- The first place whose delivery was received since then, as the order of append is that of receipt: by halving.
WITH RECURSIVE half (lower, upper) AS (
    SELECT 0::bigint, (SELECT coalesce(max(seq), 0) + 1 FROM delivery)
    UNION ALL
    SELECT CASE WHEN is_before THEN middle + 1 ELSE lower END, CASE WHEN is_before THEN upper ELSE middle END
    FROM (SELECT lower, upper, lower + (upper - lower) / 2 AS middle FROM half WHERE lower < upper) AS whole
    CROSS JOIN LATERAL (
        SELECT coalesce((SELECT received_at < $1 FROM delivery WHERE seq >= middle ORDER BY seq LIMIT 1), false)
    ) AS looked (is_before)
)
SELECT lower FROM half WHERE lower >= upper
