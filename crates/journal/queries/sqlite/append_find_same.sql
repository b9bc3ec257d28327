-- The earlier deliveries of an event, whatever their body.
SELECT seq, id, fingerprint, state, awaits_caller, answered, runs
FROM delivery
WHERE event_key = ?1
