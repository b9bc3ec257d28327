-- Deliveries of a hook, of a type, and that stand in some way (their outcome, or their state while they have none) are
-- found by whichever of these is asked for: where one is left out, there are few ranges to look in. New keys come at the
-- end of those.
CREATE INDEX delivery_kind ON delivery (hook, event_type, coalesce(outcome, state));
DROP INDEX delivery_hook;
DROP INDEX delivery_type;
DROP INDEX delivery_outcome;
DROP INDEX delivery_aside;

-- The catalogue tells the hook, the type and the stand, too: which of a book's deliveries are of a kind is known without
-- reading them, each of which is on a page of its own. What was not done when it was catalogued has no stand there.
DROP TABLE catalogue;
CREATE TABLE catalogue (
    field      TEXT    NOT NULL CHECK (field = 'book' OR field = 'agent'),
    value      TEXT    NOT NULL,
    delivery   INTEGER NOT NULL,
    hook       TEXT    NOT NULL,
    event_type TEXT    NOT NULL,
    stand      TEXT,
    PRIMARY KEY (field, value, delivery)
) STRICT, WITHOUT ROWID;
INSERT INTO catalogue (field, value, delivery, hook, event_type, stand)
SELECT 'agent', agent_id, seq, hook, event_type,
       CASE WHEN state = 'settled' OR state = 'parked' OR state = 'unmatched' THEN coalesce(outcome, state) END
FROM delivery
WHERE agent_id IS NOT NULL
ORDER BY agent_id, seq;
INSERT INTO catalogue (field, value, delivery, hook, event_type, stand)
SELECT 'book', book_id, seq, hook, event_type,
       CASE WHEN state = 'settled' OR state = 'parked' OR state = 'unmatched' THEN coalesce(outcome, state) END
FROM delivery
WHERE book_id IS NOT NULL
ORDER BY book_id, seq;
UPDATE catalogued SET up_to = (SELECT coalesce(max(seq), 0) FROM delivery);

-- What was done once and changed since: another run, a person's act. The catalogue may have an earlier stand of it. These
-- are few, and what settles for the first time is not among them.
CREATE TABLE uncertain (
    delivery INTEGER PRIMARY KEY
) STRICT;
CREATE TRIGGER uncertain_comes AFTER UPDATE OF state, outcome ON delivery
WHEN (OLD.state = 'settled' OR OLD.state = 'parked' OR OLD.state = 'unmatched')
    AND (NEW.state <> OLD.state OR NEW.outcome IS NOT OLD.outcome)
BEGIN
    INSERT OR IGNORE INTO uncertain (delivery) VALUES (NEW.seq);
END;
CREATE TRIGGER uncertain_goes AFTER DELETE ON delivery
BEGIN
    DELETE FROM uncertain WHERE delivery = OLD.seq;
END;
