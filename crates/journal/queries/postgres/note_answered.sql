UPDATE delivery SET answered = $2 WHERE id = $1
