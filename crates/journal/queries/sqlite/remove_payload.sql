DELETE FROM payload WHERE delivery = ?1
