-- A row that seldom any other connection writes.
UPDATE volume SET bytes = bytes WHERE slot = $1
