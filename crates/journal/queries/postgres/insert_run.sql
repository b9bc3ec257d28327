INSERT INTO run (delivery, number, cause, started_at) VALUES ($1, $2, $3, $4)
