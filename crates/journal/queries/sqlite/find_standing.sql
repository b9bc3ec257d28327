-- Where a delivery stands.
SELECT seq, state, runs FROM delivery WHERE id = ?1
