-- With the delivery, of those that are this host's now, that comes before it in its lane.
SELECT d.id, d.hook, d.lane, d.state, d.sent_at, d.next_run_at, d.runs, d.runs - d.runs_before, d.awaits_caller,
       (SELECT e.id
        FROM delivery AS e
        WHERE e.hook = d.hook AND e.lane = d.lane AND e.state IN ('waiting', 'running', 'held')
          AND NOT e.awaits_caller AND e.host = $2 AND e.turn < d.turn
        ORDER BY e.turn DESC
        LIMIT 1)
FROM delivery AS d
WHERE d.seq = ANY($1)
ORDER BY d.turn
