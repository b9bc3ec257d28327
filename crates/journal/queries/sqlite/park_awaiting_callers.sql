UPDATE delivery
SET state = 'parked', parked_reason = ?3, awaits_caller = 0
WHERE state = 'waiting' AND awaits_caller = 1
  AND hook = ?1 AND sent_at < ?2
