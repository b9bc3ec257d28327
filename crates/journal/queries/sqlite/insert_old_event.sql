-- Unless it is in there, or removed since.
INSERT OR IGNORE INTO event_old (run, event_key, delivery)
SELECT ?1, event_key, delivery FROM event_recent WHERE delivery = ?2
