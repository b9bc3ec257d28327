-- It is in the first run that goes up to its place, if any does.
DELETE FROM event_old
WHERE run = (SELECT min(up_to) FROM event_run WHERE up_to >= ?1) AND event_key = ?2 AND delivery = ?1
