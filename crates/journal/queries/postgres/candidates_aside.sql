-- In the order of its index, which no other index has.
SELECT seq
FROM delivery
WHERE state IN ('parked', 'unmatched') AND state = ANY(ARRAY[$4]) AND seq >= $1 AND seq < $2
ORDER BY state DESC, seq DESC
LIMIT $3
