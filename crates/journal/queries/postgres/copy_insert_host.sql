-- Gone before it came: whoever starts takes over what it leaves.
INSERT INTO host (name, expires_at)
VALUES ('copied from SQLite', clock_timestamp() - interval '1 second')
RETURNING id
