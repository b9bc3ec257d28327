-- How deliveries are found among millions of settled ones, without that every append pays for it.
--
-- An index whose keys come in no order costs a page of the log for each new row, and more the larger it is. So where
-- keys come in no order, new ones are collected first, and moved to where they are looked for many at a time, in order.

-- What comes at the end of few ranges costs next to nothing.
CREATE INDEX delivery_hook ON delivery (hook);
CREATE INDEX delivery_type ON delivery (event_type);
CREATE INDEX delivery_outcome ON delivery (outcome) WHERE outcome IS NOT NULL;
CREATE INDEX delivery_aside ON delivery (state) WHERE state = 'parked' OR state = 'unmatched';

-- The sendings of an event, by its key: the latest, and all others.
CREATE TABLE event_recent (
    event_key INTEGER NOT NULL,
    delivery  INTEGER NOT NULL,
    PRIMARY KEY (event_key, delivery)
) STRICT, WITHOUT ROWID;
CREATE TABLE event_old (
    event_key INTEGER NOT NULL,
    delivery  INTEGER NOT NULL,
    PRIMARY KEY (event_key, delivery)
) STRICT, WITHOUT ROWID;
INSERT INTO event_old (event_key, delivery)
SELECT event_key, seq FROM delivery WHERE event_key IS NOT NULL ORDER BY event_key, seq;
DROP INDEX delivery_event;

-- The deliveries of a book, and of an agent. Those behind `up_to` are not in it yet: they are few enough to be looked
-- through.
CREATE TABLE catalogue (
    field    TEXT    NOT NULL CHECK (field = 'book' OR field = 'agent'),
    value    TEXT    NOT NULL,
    delivery INTEGER NOT NULL,
    PRIMARY KEY (field, value, delivery)
) STRICT, WITHOUT ROWID;
CREATE TABLE catalogued (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    up_to INTEGER NOT NULL
) STRICT;
INSERT INTO catalogue (field, value, delivery)
SELECT 'agent', agent_id, seq FROM delivery WHERE agent_id IS NOT NULL ORDER BY agent_id, seq;
INSERT INTO catalogue (field, value, delivery)
SELECT 'book', book_id, seq FROM delivery WHERE book_id IS NOT NULL ORDER BY book_id, seq;
INSERT INTO catalogued (id, up_to) SELECT 1, coalesce(max(seq), 0) FROM delivery;
