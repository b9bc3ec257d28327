-- Tells whether its lane is paused until it is settled.
UPDATE delivery
SET state = 'settled', settled_at = $4, outcome = $5, response = $6, sealed = CASE WHEN $7 THEN sealed END, host = NULL
WHERE id = $1 AND state = 'running' AND runs = $2 AND host = $3
RETURNING EXISTS (SELECT FROM paused_lane WHERE held_for = delivery.id)
