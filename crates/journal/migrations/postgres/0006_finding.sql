-- How deliveries are found among millions of settled ones, and how those are counted.
--
-- Names are compared byte by byte, whatever the database's collation: that costs an append less, and no index is out of
-- order when the server's system changes its collations.

ALTER TABLE delivery
    ALTER COLUMN hook TYPE TEXT COLLATE "C",
    ALTER COLUMN event_type TYPE TEXT COLLATE "C",
    ALTER COLUMN lane TYPE TEXT COLLATE "C",
    ALTER COLUMN book_id TYPE TEXT COLLATE "C",
    ALTER COLUMN agent_id TYPE TEXT COLLATE "C",
    ALTER COLUMN state TYPE TEXT COLLATE "C",
    ALTER COLUMN outcome TYPE TEXT COLLATE "C";
ALTER TABLE paused_hook
    ALTER COLUMN hook TYPE TEXT COLLATE "C";
ALTER TABLE paused_lane
    ALTER COLUMN hook TYPE TEXT COLLATE "C",
    ALTER COLUMN lane TYPE TEXT COLLATE "C";

-- Each version of a row is in all indexes that want it; so these want none but the last one. What is not done yet is few,
-- and found by `delivery_unsettled`. New keys come at the end of as many ranges as there are hooks, types, books or
-- agents: between two checkpoints, those are few pages.
CREATE INDEX delivery_hook ON delivery (hook, seq) WHERE state IN ('settled', 'parked', 'unmatched');
CREATE INDEX delivery_type ON delivery (event_type, seq) WHERE state IN ('settled', 'parked', 'unmatched');
CREATE INDEX delivery_book ON delivery (book_id, seq) WHERE state IN ('settled', 'parked', 'unmatched');
CREATE INDEX delivery_agent ON delivery (agent_id, seq) WHERE state IN ('settled', 'parked', 'unmatched');
CREATE INDEX delivery_outcome ON delivery (outcome, seq) WHERE state = 'settled';
CREATE INDEX delivery_aside ON delivery (state, seq) WHERE state IN ('parked', 'unmatched');

-- Room for a row's next versions on its page: a note that its caller was answered then needs no place in any index.
ALTER TABLE delivery SET (fillfactor = 85);

CREATE INDEX act_hook ON act (hook, number) WHERE hook IS NOT NULL;
CREATE INDEX act_delivery ON act (delivery, number) WHERE delivery IS NOT NULL;

-- How many deliveries stand where many are: the sum of what was counted, and of what has changed since. Changes are
-- written side by side, so that nobody waits for another; now and then they are counted. Those that are waiting, running
-- or held are few enough to be counted.
CREATE TABLE hook_tally (
    hook  TEXT   COLLATE "C" NOT NULL,
    state TEXT   COLLATE "C" NOT NULL CHECK (state IN ('settled', 'parked', 'unmatched')),
    count BIGINT NOT NULL,
    PRIMARY KEY (hook, state)
);
CREATE TABLE hook_change (
    hook   TEXT   COLLATE "C" NOT NULL,
    state  TEXT   COLLATE "C" NOT NULL,
    change BIGINT NOT NULL
);

INSERT INTO hook_tally (hook, state, count)
SELECT hook, state, count(*)
FROM delivery
WHERE state IN ('settled', 'parked', 'unmatched')
GROUP BY hook, state;

CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state IN ('settled', 'parked', 'unmatched') THEN
        INSERT INTO bookhook.hook_change (hook, state, change) VALUES (OLD.hook, OLD.state, -1);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state IN ('settled', 'parked', 'unmatched') THEN
        INSERT INTO bookhook.hook_change (hook, state, change) VALUES (NEW.hook, NEW.state, 1);
    END IF;
    RETURN NULL;
END
$$;

-- Who brings a whole journal counts it at the end.
CREATE TRIGGER change_comes AFTER INSERT ON delivery FOR EACH ROW
WHEN (
    NEW.state IN ('settled', 'parked', 'unmatched')
    AND current_setting('bookhook.counts_itself', true) IS DISTINCT FROM 'on'
)
EXECUTE FUNCTION note_change();

CREATE TRIGGER change_moves AFTER UPDATE OF state ON delivery FOR EACH ROW
WHEN (
    NEW.state <> OLD.state
    AND (OLD.state IN ('settled', 'parked', 'unmatched') OR NEW.state IN ('settled', 'parked', 'unmatched'))
)
EXECUTE FUNCTION note_change();

CREATE TRIGGER change_goes AFTER DELETE ON delivery FOR EACH ROW
WHEN (OLD.state IN ('settled', 'parked', 'unmatched'))
EXECUTE FUNCTION note_change();
