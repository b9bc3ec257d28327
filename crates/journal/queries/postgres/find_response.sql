-- The response that a delivery was settled with.
SELECT coalesce(d.response, r.response)
FROM delivery AS d
LEFT JOIN run AS r ON r.delivery = d.seq AND r.number = d.runs
WHERE d.seq = $1 AND d.state = 'settled'
