-- Locked, so that what is found settled does not begin meanwhile.
SELECT seq, id, state, received_at, settled_at,
       coalesce((SELECT octet_length(body) FROM payload WHERE payload.delivery = delivery.seq), 0)
FROM delivery
WHERE seq > $1
ORDER BY seq
LIMIT $2
FOR UPDATE
