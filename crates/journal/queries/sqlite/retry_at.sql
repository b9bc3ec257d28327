UPDATE delivery SET state = 'waiting', next_run_at = ?2 WHERE seq = ?1
