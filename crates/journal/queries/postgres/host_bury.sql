-- Waits for what the dead hosts have in flight, and fences them.
DELETE FROM host WHERE expires_at < clock_timestamp() AND id <> $1
