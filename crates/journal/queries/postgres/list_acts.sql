SELECT number, at, who, what, hook, lane, delivery, replays, detail
FROM act
WHERE number < $1
  AND ($3::text IS NULL OR hook = $3)
  AND ($4::bytea IS NULL OR delivery = $4)
ORDER BY number DESC
LIMIT $2
