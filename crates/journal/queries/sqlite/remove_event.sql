DELETE FROM event_old WHERE event_key = ?1 AND delivery = ?2
