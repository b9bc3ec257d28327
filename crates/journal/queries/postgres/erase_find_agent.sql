-- Locked, so that what is found at rest does not begin meanwhile.
SELECT seq, id, state
FROM delivery
WHERE agent_id = $1 AND seq > $2
ORDER BY seq
LIMIT $3
FOR UPDATE
