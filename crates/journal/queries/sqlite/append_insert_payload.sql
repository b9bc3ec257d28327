INSERT INTO payload (delivery, headers, body) VALUES (?1, ?2, ?3)
