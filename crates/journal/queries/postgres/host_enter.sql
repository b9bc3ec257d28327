INSERT INTO host (name, expires_at) VALUES ($1, clock_timestamp() + $2 * interval '1 microsecond') RETURNING id
