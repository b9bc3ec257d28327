UPDATE delivery SET state = 'waiting', awaits_caller = 1, next_run_at = NULL WHERE seq = ?1
