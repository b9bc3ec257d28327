DELETE FROM event_run WHERE up_to = ?1
