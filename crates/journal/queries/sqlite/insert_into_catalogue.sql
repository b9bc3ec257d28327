-- Unless it is in there, or removed since.
INSERT OR IGNORE INTO catalogue (field, value, delivery, hook, event_type, stand)
SELECT ?1, ?2, seq, hook, event_type,
       CASE WHEN state = 'settled' OR state = 'parked' OR state = 'unmatched' THEN coalesce(outcome, state) END
FROM delivery
WHERE seq = ?3
