-- Deliveries of a hook, of a type, and that stand in some way (their outcome, or their state while they have none) are
-- found by whichever of these is asked for: where one is left out, there are few ranges to look in. And each index tells
-- everything else that a filter may ask for: what fits is known without reading rows, each of which is on a page of its
-- own.
DROP INDEX delivery_hook;
DROP INDEX delivery_type;
DROP INDEX delivery_outcome;
DROP INDEX delivery_aside;
DROP INDEX delivery_book;
DROP INDEX delivery_agent;
CREATE INDEX delivery_kind ON delivery (hook, event_type, outcome, seq) INCLUDE (book_id, agent_id)
    WHERE state = 'settled';
CREATE INDEX delivery_aside ON delivery (hook, event_type, state, seq) INCLUDE (book_id, agent_id)
    WHERE state IN ('parked', 'unmatched');
CREATE INDEX delivery_book ON delivery (book_id, seq) INCLUDE (hook, event_type, state, outcome, agent_id)
    WHERE state IN ('settled', 'parked', 'unmatched');
CREATE INDEX delivery_agent ON delivery (agent_id, seq) INCLUDE (hook, event_type, state, outcome, book_id)
    WHERE state IN ('settled', 'parked', 'unmatched');
