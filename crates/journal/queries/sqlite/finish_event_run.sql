UPDATE event_run SET filter = ?2 WHERE up_to = ?1 AND filter IS NULL
