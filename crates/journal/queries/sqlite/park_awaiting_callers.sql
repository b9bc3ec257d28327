-- Deliveries whose caller was to send them again and has not.
UPDATE delivery INDEXED BY delivery_unsettled
SET state = 'parked', parked_reason = ?3, awaits_caller = 0
WHERE hook = ?1 AND state = 'waiting' AND awaits_caller = 1 AND sent_at < ?2
