-- Locked, so that what is found at rest does not begin meanwhile.
SELECT seq, id, state
FROM delivery
WHERE seq = ANY($1::bigint[]) AND seq > $2
ORDER BY seq
LIMIT $3
FOR UPDATE
