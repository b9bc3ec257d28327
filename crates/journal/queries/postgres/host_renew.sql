UPDATE host SET expires_at = clock_timestamp() + $2 * interval '1 microsecond' WHERE id = $1
