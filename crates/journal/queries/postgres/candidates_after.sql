SELECT seq FROM delivery WHERE seq >= $1 AND seq < $2 ORDER BY seq LIMIT $3
