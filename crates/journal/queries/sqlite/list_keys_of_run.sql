SELECT event_key FROM event_old WHERE run = ?1
