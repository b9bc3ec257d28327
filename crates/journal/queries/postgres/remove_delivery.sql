DELETE FROM delivery WHERE seq = ANY($1)
