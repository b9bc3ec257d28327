-- What people do: each act is remembered; deliveries run again, one by one or as a job.

-- Its place in the order of the lanes, when that is not its place in the order of append: at the back, at the time when
-- it was sent again or replayed. Between two appends (`seq` is what they count) there is room for 2^20 of them, so the
-- order is that of `coalesce(turn, seq << 20)`.
ALTER TABLE delivery ADD COLUMN turn INTEGER;
CREATE INDEX delivery_turn ON delivery (turn) WHERE turn IS NOT NULL;

-- How many of its runs came before it was last sent again, replayed or unparked: they do not count among its tries.
ALTER TABLE delivery ADD COLUMN runs_before INTEGER NOT NULL DEFAULT 0;

-- The person who has paused the hook; NULL when the host has by itself. A person may have a reason too.
ALTER TABLE paused_hook ADD COLUMN who TEXT;
UPDATE paused_hook SET who = 'unknown' WHERE reason IS NULL;

CREATE TABLE act (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    who      TEXT    NOT NULL,
    what     TEXT    NOT NULL,
    hook     TEXT,
    lane     TEXT,
    delivery BLOB    CHECK (length(delivery) = 16),
    replays  BLOB    CHECK (length(replays) = 16),
    detail   TEXT
) STRICT;

CREATE TABLE replay_job (
    id            BLOB    PRIMARY KEY CHECK (length(id) = 16),
    -- As the API writes it, in JSON.
    filter        TEXT    NOT NULL,
    without_token INTEGER NOT NULL CHECK (without_token IN (0, 1)),
    per_second    INTEGER NOT NULL CHECK (per_second > 0),
    who           TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    state         TEXT    NOT NULL CHECK (state = 'running' OR state = 'done' OR state = 'cancelled'),
    matched       INTEGER NOT NULL,
    done          INTEGER NOT NULL DEFAULT 0,
    refused       INTEGER NOT NULL DEFAULT 0,
    finished_at   INTEGER,
    CHECK (done + refused <= matched),
    CHECK ((state = 'running') = (finished_at IS NULL))
) STRICT, WITHOUT ROWID;

-- One at a time.
CREATE UNIQUE INDEX replay_job_running ON replay_job (state) WHERE state = 'running';

-- The deliveries that a running job is to replay: their ids, one behind the other, in pages of 256.
CREATE TABLE replay_target (
    job  BLOB    NOT NULL,
    page INTEGER NOT NULL,
    ids  BLOB    NOT NULL CHECK (length(ids) % 16 = 0),
    PRIMARY KEY (job, page)
) STRICT;

-- Why a job could not replay some of its deliveries.
CREATE TABLE replay_refusal (
    job    BLOB    NOT NULL,
    reason TEXT    NOT NULL,
    count  INTEGER NOT NULL,
    PRIMARY KEY (job, reason)
) STRICT, WITHOUT ROWID;
