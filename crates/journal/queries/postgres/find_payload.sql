SELECT p.headers, p.body
FROM delivery AS d
JOIN payload AS p ON p.delivery = d.seq
WHERE d.id = $1
