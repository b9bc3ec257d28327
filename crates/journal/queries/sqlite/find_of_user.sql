-- A stretch of the order of append, and what of it this user caused.
SELECT seq, user_id IS ?1 FROM delivery WHERE seq > ?2 ORDER BY seq LIMIT ?3
