-- A stretch of the order of append, and what of it this user caused.
SELECT seq, coalesce(user_id = $1, false) FROM delivery WHERE seq > $2 ORDER BY seq LIMIT $3
