DELETE FROM payload WHERE delivery = ANY($1)
