SELECT hook, state, count(*), min(sent_at) FROM delivery GROUP BY hook, state ORDER BY hook COLLATE "C", state
