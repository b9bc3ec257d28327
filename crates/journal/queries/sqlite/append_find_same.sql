-- The delivery in this place, if it is of the event with this key, whatever its body.
SELECT d.seq, d.id, d.fingerprint, d.state, d.awaits_caller, d.answered, d.runs
FROM delivery AS d
WHERE d.seq = ?1 AND d.event_key = ?2
