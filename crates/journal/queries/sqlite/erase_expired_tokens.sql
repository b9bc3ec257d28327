DELETE FROM token
WHERE delivery IN (SELECT delivery FROM token WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)
