DELETE FROM run WHERE delivery = ANY($1)
