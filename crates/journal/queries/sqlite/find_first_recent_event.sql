-- The first place that may be recent.
SELECT coalesce((SELECT min(delivery) FROM event_recent), (SELECT max(seq) FROM delivery), 0)
