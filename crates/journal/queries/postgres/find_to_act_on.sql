-- A delivery, as acts of people need it; locked.
SELECT seq, hook, lane, state, awaits_caller, runs, token_expires_at, sealed,
       EXISTS (SELECT FROM paused_lane WHERE held_for = delivery.id)
FROM delivery
WHERE id = $1
FOR UPDATE
