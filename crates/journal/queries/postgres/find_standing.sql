-- Where a delivery stands.
SELECT state FROM delivery WHERE id = $1
