-- The first statement of each group of acts: while its transaction is open, nobody deletes the host's row, and without
-- one nothing is written. The transaction's id tells after a lost connection whether it was committed.
SELECT pg_current_xact_id()::text FROM host WHERE id = $1 FOR KEY SHARE
