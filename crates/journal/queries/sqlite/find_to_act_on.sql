-- A delivery, as acts of people need it.
SELECT seq, hook, lane, state, awaits_caller, runs, token_expires_at, sealed,
       EXISTS (SELECT 1 FROM paused_lane WHERE held_for = delivery.id)
FROM delivery
WHERE id = ?1
