-- About how many bytes are kept: the sum of these. Each connection that writes adds to one of them, so that none waits
-- for another.

CREATE TABLE volume (
    slot  INTEGER PRIMARY KEY,
    bytes BIGINT  NOT NULL
) WITH (fillfactor = 20);

INSERT INTO volume (slot, bytes)
SELECT slot, 0 FROM generate_series(0, 63) AS slot;

UPDATE volume
SET bytes = (
    SELECT coalesce(sum(512 + octet_length(headers) + octet_length(body)), 0) FROM payload
)
WHERE slot = 0;
