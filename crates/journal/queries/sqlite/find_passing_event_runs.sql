-- Runs that a migration has made, whose filter lets every key pass.
SELECT up_to FROM event_run WHERE length(filter) = 8 AND filter = x'ffffffffffffffff'
