DELETE FROM token WHERE delivery = ?1
