-- The deliveries of an event that are in a run.
SELECT delivery FROM event_old WHERE run = ?1 AND event_key = ?2
