-- What nobody sees to any more, of hooks that this host has, in the order of the lanes; what another host is just taking
-- is left to that one.
SELECT seq
FROM delivery
WHERE state IN ('waiting', 'running', 'held') AND host NOT IN (SELECT id FROM host) AND hook = ANY($2)
ORDER BY turn
LIMIT $1
FOR UPDATE SKIP LOCKED
