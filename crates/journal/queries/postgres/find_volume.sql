SELECT sum(bytes)::bigint FROM volume
