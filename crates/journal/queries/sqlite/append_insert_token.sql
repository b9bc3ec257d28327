INSERT INTO token (delivery, expires_at, sealed) VALUES (?1, ?2, ?3)
