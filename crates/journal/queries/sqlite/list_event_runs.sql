-- One that is being written is none yet.
SELECT up_to, filter FROM event_run WHERE filter IS NOT NULL
