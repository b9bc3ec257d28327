INSERT INTO event_recent (delivery, event_key) VALUES (?1, ?2)
