-- Who is to run before it in its lane.
SELECT other.id
FROM delivery AS it
JOIN delivery AS other ON other.hook = it.hook AND other.lane = it.lane
WHERE it.seq = ?1
  AND (other.state = 'waiting' OR other.state = 'running' OR other.state = 'held')
  AND coalesce(other.turn, other.seq << 20) < coalesce(it.turn, it.seq << 20)
