SELECT received_at FROM delivery WHERE seq >= ?1 ORDER BY seq LIMIT 1
