DELETE FROM delivery WHERE seq = ?1
