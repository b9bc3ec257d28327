-- The transactions that may have taken places which others do not see yet: each holds this lock from before it takes the
-- first one until it has come to an end.
SELECT DISTINCT virtualtransaction
FROM pg_locks
WHERE locktype = 'relation' AND relation = 'delivery'::regclass AND mode = 'RowExclusiveLock'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
