-- Whether its hook or its lane is paused is told too: what is held for nothing may run.
SELECT d.seq, d.state, d.runs, d.hook, d.event_id, d.event_type, d.lane, d.book_id, d.agent_id, d.fingerprint,
       d.token_expires_at, p.headers, p.body, d.sealed,
       EXISTS (SELECT FROM paused_hook AS h WHERE h.hook = d.hook)
       OR EXISTS (
           SELECT FROM paused_lane AS l WHERE l.hook = d.hook AND l.lane = d.lane AND l.held_for IS DISTINCT FROM d.id
       )
FROM delivery AS d
JOIN payload AS p ON p.delivery = d.seq
WHERE d.id = $1
FOR UPDATE OF d
