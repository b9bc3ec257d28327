-- Notes what becomes of deliveries, runs and hooks, in the transaction that does it: what is rolled back never was.

CREATE TEMP TABLE change (
    what          TEXT NOT NULL,
    delivery      INTEGER,
    hook          TEXT,
    was_state     TEXT,
    was_awaiting  INTEGER,
    was_runs      INTEGER,
    was_answered  INTEGER,
    was_turn      INTEGER,
    was_ended     INTEGER,
    state         TEXT,
    awaiting      INTEGER,
    runs          INTEGER,
    answered      INTEGER,
    turn          INTEGER,
    id            BLOB,
    lane          TEXT,
    event_id      TEXT,
    fingerprint   BLOB,
    response      BLOB
);

CREATE TEMP TRIGGER delivery_comes AFTER INSERT ON main.delivery BEGIN
    INSERT INTO change (
        what, delivery, hook, state, awaiting, runs, answered, turn, id, lane, event_id, fingerprint, response
    )
    VALUES ('comes', NEW.seq, NEW.hook, NEW.state, NEW.awaits_caller, NEW.runs, NEW.answered,
        coalesce(NEW.turn, NEW.seq << 20), NEW.id, NEW.lane, NEW.event_id, NEW.fingerprint, NEW.response);
END;

CREATE TEMP TRIGGER delivery_moves AFTER UPDATE ON main.delivery
WHEN OLD.state <> NEW.state OR OLD.awaits_caller <> NEW.awaits_caller OR OLD.runs <> NEW.runs
    OR OLD.answered IS NOT NEW.answered OR OLD.turn IS NOT NEW.turn
BEGIN
    INSERT INTO change (
        what, delivery, was_state, was_awaiting, was_runs, was_answered, was_turn,
        state, awaiting, runs, answered, turn, response
    )
    VALUES ('moves', NEW.seq, OLD.state, OLD.awaits_caller, OLD.runs, OLD.answered, coalesce(OLD.turn, OLD.seq << 20),
        NEW.state, NEW.awaits_caller, NEW.runs, NEW.answered, coalesce(NEW.turn, NEW.seq << 20), NEW.response);
END;

CREATE TEMP TRIGGER delivery_goes AFTER DELETE ON main.delivery BEGIN
    INSERT INTO change (what, delivery) VALUES ('goes', OLD.seq);
END;

CREATE TEMP TRIGGER run_begins AFTER INSERT ON main.run BEGIN
    INSERT INTO change (what, delivery, runs) VALUES ('begins', NEW.delivery, NEW.number);
END;

CREATE TEMP TRIGGER run_ends AFTER UPDATE OF finished_at ON main.run BEGIN
    INSERT INTO change (what, delivery, runs, was_ended, response)
    VALUES ('ends', NEW.delivery, NEW.number, OLD.finished_at IS NOT NULL, NEW.response);
END;

CREATE TEMP TRIGGER hook_pauses AFTER INSERT ON main.paused_hook BEGIN
    INSERT INTO change (what, hook) VALUES ('pauses', NEW.hook);
END;

CREATE TEMP TRIGGER hook_resumes AFTER DELETE ON main.paused_hook BEGIN
    INSERT INTO change (what, hook) VALUES ('resumes', OLD.hook);
END;

CREATE TEMP TRIGGER lane_pauses AFTER INSERT ON main.paused_lane BEGIN
    INSERT INTO change (what, hook, lane, id) VALUES ('lane pauses', NEW.hook, NEW.lane, NEW.held_for);
END;

CREATE TEMP TRIGGER lane_stays_paused AFTER UPDATE ON main.paused_lane BEGIN
    INSERT INTO change (what, hook, lane, id) VALUES ('lane pauses', NEW.hook, NEW.lane, NEW.held_for);
END;

CREATE TEMP TRIGGER lane_resumes AFTER DELETE ON main.paused_lane BEGIN
    INSERT INTO change (what, hook, lane) VALUES ('lane resumes', OLD.hook, OLD.lane);
END;
