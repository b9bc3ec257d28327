DELETE FROM event_recent WHERE delivery <= ?1
