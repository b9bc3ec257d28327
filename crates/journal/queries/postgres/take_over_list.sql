-- With the delivery, of those that are this host's now, that comes before it in its lane. What the lane waits for goes before
-- all others, and tells nothing of the order.
SELECT d.id, d.hook, d.lane, d.state, d.sent_at, d.next_run_at, d.runs, d.runs - d.runs_before, d.awaits_caller,
       (SELECT e.id
        FROM delivery AS e
        WHERE e.hook = d.hook AND e.lane = d.lane AND e.state IN ('waiting', 'running', 'held')
          AND NOT e.awaits_caller AND e.host = $2 AND e.turn < d.turn
          AND NOT EXISTS (SELECT FROM paused_lane AS l WHERE l.held_for = e.id)
        ORDER BY e.turn DESC
        LIMIT 1)
FROM delivery AS d
WHERE d.seq = ANY($1)
ORDER BY d.turn
