INSERT INTO event_recent (event_key, delivery) VALUES (?1, ?2)
