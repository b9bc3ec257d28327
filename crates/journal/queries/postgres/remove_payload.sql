-- Tells how many bytes they were, as `volume` counts.
DELETE FROM payload WHERE delivery = ANY($1) RETURNING 512 + octet_length(headers) + octet_length(body)
