-- Who is to run before it in its lane.
SELECT other.id
FROM delivery AS it
JOIN delivery AS other ON other.hook = it.hook AND other.lane = it.lane
WHERE it.seq = $1 AND other.state IN ('waiting', 'running', 'held') AND other.turn < it.turn
