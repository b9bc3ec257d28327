SELECT up_to FROM catalogued WHERE id = 1
