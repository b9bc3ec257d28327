-- What a delivery has before it, beside what its record tells; and the name of the host that sees to it.
SELECT d.awaits_caller, d.sent_at, d.runs - d.runs_before, d.token_expires_at, d.sealed IS NOT NULL, h.name
FROM delivery AS d
LEFT JOIN host AS h ON h.id = d.host
WHERE d.id = $1
