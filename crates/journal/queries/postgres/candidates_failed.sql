-- With an error, or parked; in the order of their indexes, which no other index has.
SELECT seq FROM (
    (SELECT seq
     FROM delivery
     WHERE state = 'settled' AND outcome = ANY(ARRAY['error']) AND seq >= $1 AND seq < $2
     ORDER BY outcome DESC, seq DESC
     LIMIT $3)
    UNION ALL
    (SELECT seq
     FROM delivery
     WHERE state IN ('parked', 'unmatched') AND state = ANY(ARRAY['parked']) AND seq >= $1 AND seq < $2
     ORDER BY state DESC, seq DESC
     LIMIT $3)
) AS candidate
ORDER BY seq DESC
LIMIT $3
