UPDATE delivery
SET state = 'settled', settled_at = ?2, outcome = ?3, response = ?4, sealed = CASE WHEN ?5 THEN sealed END
WHERE seq = ?1
