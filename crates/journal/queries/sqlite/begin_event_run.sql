-- One after the other.
INSERT OR IGNORE INTO event_run (up_to) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM event_run WHERE filter IS NULL)
