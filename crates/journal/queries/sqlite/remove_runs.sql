DELETE FROM run WHERE delivery = ?1
