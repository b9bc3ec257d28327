UPDATE delivery SET state = 'settled', settled_at = ?2, outcome = ?3, response = ?4 WHERE seq = ?1
