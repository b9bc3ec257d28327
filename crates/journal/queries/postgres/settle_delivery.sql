-- Tells whether its lane is paused until it is settled.
UPDATE delivery
SET state = 'settled', settled_at = $3, outcome = $4, response = $5, sealed = CASE WHEN $6 THEN sealed END, host = NULL
WHERE id = $1 AND state = 'running' AND runs = $2
RETURNING EXISTS (SELECT FROM paused_lane WHERE held_for = delivery.id)
