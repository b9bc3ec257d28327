UPDATE volume SET bytes = bytes + $1 WHERE slot = $2
