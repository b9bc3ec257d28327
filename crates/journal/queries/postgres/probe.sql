UPDATE probe SET writes = writes + 1 WHERE id = 1
