SELECT up_to FROM event_run WHERE filter IS NULL
