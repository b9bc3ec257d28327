UPDATE catalogued SET up_to = ?1 WHERE id = 1
