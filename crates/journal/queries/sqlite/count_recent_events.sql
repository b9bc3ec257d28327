SELECT count(*) FROM event_recent
