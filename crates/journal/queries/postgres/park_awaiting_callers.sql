-- Deliveries whose caller was to send them again and has not.
UPDATE delivery
SET state = 'parked', parked_reason = $3, awaits_caller = false
WHERE hook = $1 AND state = 'waiting' AND awaits_caller AND sent_at < $2
