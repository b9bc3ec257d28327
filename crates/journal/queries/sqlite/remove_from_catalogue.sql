DELETE FROM catalogue WHERE field = ?1 AND value = ?2 AND delivery = ?3
