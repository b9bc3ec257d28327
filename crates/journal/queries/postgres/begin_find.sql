-- Whether it may run is told too, in this order: whether it is this host's; whether its hook or its lane is paused (what
-- is held for nothing may run); whether its lane is free: nothing runs in it, and nothing that another host sees to comes
-- before it, unless the lane waits for it alone.
SELECT d.seq, d.state, d.runs, d.hook, d.event_id, d.event_type, d.lane, d.book_id, d.agent_id, d.user_id,
       d.fingerprint,
       d.token_expires_at, p.headers, p.body, d.sealed,
       d.host IS NULL OR d.host = $2,
       EXISTS (SELECT FROM paused_hook AS h WHERE h.hook = d.hook)
       OR EXISTS (
           SELECT FROM paused_lane AS l WHERE l.hook = d.hook AND l.lane = d.lane AND l.held_for IS DISTINCT FROM d.id
       ),
       NOT EXISTS (
           SELECT FROM delivery AS e
           WHERE e.hook = d.hook AND e.lane = d.lane AND e.state = 'running' AND e.seq <> d.seq
       )
       AND (
           EXISTS (SELECT FROM paused_lane AS l WHERE l.held_for = d.id)
           OR NOT EXISTS (
               SELECT FROM delivery AS e
               WHERE e.hook = d.hook AND e.lane = d.lane AND e.state IN ('waiting', 'running', 'held')
                 AND NOT e.awaits_caller AND e.turn < d.turn AND e.host <> $2
           )
       )
FROM delivery AS d
JOIN payload AS p ON p.delivery = d.seq
WHERE d.id = $1
FOR UPDATE OF d
