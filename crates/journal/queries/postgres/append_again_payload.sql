UPDATE payload SET headers = $2, body = $3 WHERE delivery = $1
