UPDATE delivery SET state = 'parked', parked_reason = ?2, awaits_caller = 0, next_run_at = NULL WHERE seq = ?1
