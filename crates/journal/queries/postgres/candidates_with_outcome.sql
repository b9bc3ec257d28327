-- In the order of its index, which no other index has.
SELECT seq
FROM delivery
WHERE state = 'settled' AND outcome = ANY(ARRAY[$4]) AND seq >= $1 AND seq < $2
ORDER BY outcome DESC, seq DESC
LIMIT $3
