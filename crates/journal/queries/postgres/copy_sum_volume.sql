UPDATE volume
SET bytes = (SELECT coalesce(sum(512 + octet_length(headers) + octet_length(body)), 0) FROM payload)
WHERE slot = 0
