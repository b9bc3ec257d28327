-- The earlier deliveries of an event, whatever their body.
SELECT d.seq, d.id, d.fingerprint, d.state, d.awaits_caller, d.answered, d.runs
FROM (
    SELECT delivery FROM event_recent WHERE event_key = ?1
    UNION ALL
    SELECT delivery FROM event_old WHERE event_key = ?1
) AS e
CROSS JOIN delivery AS d ON d.seq = e.delivery
