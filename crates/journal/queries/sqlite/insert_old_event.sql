INSERT INTO event_old (event_key, delivery) VALUES (?1, ?2)
