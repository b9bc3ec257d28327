-- The sequence numbers both deliveries and turns, and the turns that came from SQLite are the greater numbers.
SELECT setval('delivery_seq', greatest(max(seq), max(turn), $1, 1)) FROM delivery
