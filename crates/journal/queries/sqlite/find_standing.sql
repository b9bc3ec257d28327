-- Where a delivery stands, and whether its lane is paused until it is settled.
SELECT seq, state, runs, EXISTS (SELECT 1 FROM paused_lane WHERE held_for = delivery.id)
FROM delivery
WHERE id = ?1
