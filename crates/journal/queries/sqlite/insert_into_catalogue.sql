-- Unless it is in there, or removed since.
INSERT OR IGNORE INTO catalogue (field, value, delivery) SELECT ?1, ?2, seq FROM delivery WHERE seq = ?3
