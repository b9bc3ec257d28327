DELETE FROM event_recent WHERE event_key = ?1 AND delivery = ?2
