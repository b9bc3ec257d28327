-- The last place in the order of append that was taken.
SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM delivery_seq
