-- The hooks of what nobody sees to any more, and this host cannot.
SELECT DISTINCT hook
FROM delivery
WHERE state IN ('waiting', 'running', 'held') AND host NOT IN (SELECT id FROM host) AND hook <> ALL($1)
