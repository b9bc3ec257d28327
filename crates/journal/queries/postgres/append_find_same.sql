-- The very sending, locked: what is decided about it holds until the transaction ends.
SELECT seq, id, state, awaits_caller, answered
FROM delivery
WHERE event_key = $1 AND fingerprint = $2
FOR UPDATE
