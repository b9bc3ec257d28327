SELECT setval(pg_get_serial_sequence('act', 'number'), max(number)) FROM act HAVING count(*) > 0
