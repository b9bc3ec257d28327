SELECT event_key, delivery FROM event_recent WHERE delivery <= ?1
