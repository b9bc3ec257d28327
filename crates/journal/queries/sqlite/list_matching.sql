-- Of these candidates (a list in JSON), those that fit, in the order of the list.
SELECT d.seq, d.id, d.hook, d.event_id, d.event_type, d.lane, d.book_id, d.agent_id, d.user_id, d.state, d.outcome,
       d.conflict,
       d.received_at, d.settled_at, d.answered, d.parked_reason, d.next_run_at
FROM json_each(?1) AS candidate
CROSS JOIN delivery AS d ON d.seq = candidate.value
WHERE (?2 IS NULL OR d.hook = ?2)
  AND (?3 IS NULL OR d.book_id = ?3)
  AND (?4 IS NULL OR d.event_id = ?4)
  AND (?5 IS NULL OR d.event_type = ?5)
  AND (?6 IS NULL OR d.agent_id = ?6)
  AND (?7 IS NULL OR d.state = ?7)
  AND (?8 IS NULL OR d.outcome = ?8)
  AND (NOT ?9 OR d.state = 'parked' OR d.outcome IS 'error')
  AND (?10 IS NULL OR d.received_at >= ?10)
  AND (?11 IS NULL OR d.received_at < ?11)
