INSERT INTO act (at, who, what, hook, lane, delivery, replays, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
