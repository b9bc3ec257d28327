-- What is removed leaves something behind: its place in the order of append stays taken, and it counts no more.

-- The greatest `seq` that a removed delivery had: whoever follows the journal passes by what has a smaller one.
CREATE TABLE removed (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    last_seq INTEGER NOT NULL
) STRICT;
INSERT INTO removed (id, last_seq) VALUES (1, 0);

-- How many deliveries stand where many are. Those that are waiting, running or held are few enough to be counted.
CREATE TABLE hook_tally (
    hook  TEXT    NOT NULL,
    state TEXT    NOT NULL CHECK (state = 'settled' OR state = 'parked' OR state = 'unmatched'),
    count INTEGER NOT NULL,
    PRIMARY KEY (hook, state)
) STRICT, WITHOUT ROWID;

INSERT INTO hook_tally (hook, state, count)
SELECT hook, state, count(*)
FROM delivery
WHERE state = 'settled' OR state = 'parked' OR state = 'unmatched'
GROUP BY hook, state;

CREATE TRIGGER tally_comes AFTER INSERT ON delivery
WHEN NEW.state = 'settled' OR NEW.state = 'parked' OR NEW.state = 'unmatched'
BEGIN
    INSERT INTO hook_tally (hook, state, count) VALUES (NEW.hook, NEW.state, 1)
    ON CONFLICT (hook, state) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER tally_moves_in AFTER UPDATE OF state ON delivery
WHEN NEW.state <> OLD.state AND (NEW.state = 'settled' OR NEW.state = 'parked' OR NEW.state = 'unmatched')
BEGIN
    INSERT INTO hook_tally (hook, state, count) VALUES (NEW.hook, NEW.state, 1)
    ON CONFLICT (hook, state) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER tally_moves_out AFTER UPDATE OF state ON delivery
WHEN NEW.state <> OLD.state AND (OLD.state = 'settled' OR OLD.state = 'parked' OR OLD.state = 'unmatched')
BEGIN
    UPDATE hook_tally SET count = count - 1 WHERE hook = OLD.hook AND state = OLD.state;
END;

CREATE TRIGGER tally_goes AFTER DELETE ON delivery
WHEN OLD.state = 'settled' OR OLD.state = 'parked' OR OLD.state = 'unmatched'
BEGIN
    UPDATE hook_tally SET count = count - 1 WHERE hook = OLD.hook AND state = OLD.state;
END;
