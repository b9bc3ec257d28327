-- Deliveries, their runs, and what they carry.
--
-- Times are microseconds since 1970 in UTC. `seq` is the order of append. What settling changes (delivery, run) is
-- kept apart from what it must not rewrite (payload).
--
-- Lists of texts are written with OR: for an IN of more than two, SQLite fills a temporary table at every write.

CREATE TABLE delivery (
    seq              INTEGER PRIMARY KEY,
    id               BLOB    NOT NULL CHECK (length(id) = 16),
    hook             TEXT    NOT NULL,
    event_id         TEXT,
    -- The first eight bytes of SHA-256(hook, 0, event_id); with the fingerprint it tells one sending from another.
    event_key        INTEGER,
    fingerprint      BLOB    NOT NULL CHECK (length(fingerprint) = 16),
    event_type       TEXT    NOT NULL,
    lane             TEXT,
    book_id          TEXT,
    agent_id         TEXT,
    -- An earlier delivery has the same event_key and another fingerprint.
    conflict         INTEGER NOT NULL CHECK (conflict IN (0, 1)),
    received_at      INTEGER NOT NULL,
    -- When the sending came that it runs for: received_at, until it is sent again and runs again.
    sent_at          INTEGER NOT NULL,
    -- Set when the event carried tokens; the sealed value itself may be erased by now.
    token_expires_at INTEGER,
    -- Here, and not with the payload: to settle erases it, and rewrites this row anyway.
    sealed           BLOB,
    state            TEXT    NOT NULL CHECK (
        state = 'settled' OR state = 'running' OR state = 'waiting'
        OR state = 'parked' OR state = 'held' OR state = 'unmatched'
    ),
    -- A waiting delivery waits for its caller, or for next_run_at, or (neither) for its turn.
    awaits_caller    INTEGER NOT NULL DEFAULT 0 CHECK (awaits_caller IN (0, 1)),
    next_run_at      INTEGER,
    runs             INTEGER NOT NULL CHECK (runs >= 0),
    settled_at       INTEGER,
    outcome          TEXT    CHECK (
        outcome = 'result' OR outcome = 'suppressed' OR outcome = 'error' OR outcome = 'warning'
    ),
    -- The response it was settled with, unless that is the response of its last run.
    response         BLOB,
    answered         INTEGER,
    parked_reason    TEXT,

    CHECK ((event_id IS NULL) = (event_key IS NULL)),
    CHECK ((state = 'settled') = (settled_at IS NOT NULL)),
    CHECK ((state = 'settled') = (outcome IS NOT NULL)),
    CHECK ((state = 'parked') = (parked_reason IS NOT NULL)),
    CHECK (sealed IS NULL OR token_expires_at IS NOT NULL),
    CHECK (response IS NULL OR state = 'settled'),
    CHECK (awaits_caller = 0 OR (state = 'waiting' AND next_run_at IS NULL)),
    CHECK (next_run_at IS NULL OR state IN ('waiting', 'held')),
    CHECK (state <> 'running' OR runs > 0)
) STRICT;

CREATE UNIQUE INDEX delivery_id ON delivery (id);
CREATE UNIQUE INDEX delivery_event ON delivery (event_key, fingerprint) WHERE event_key IS NOT NULL;
CREATE INDEX delivery_unsettled ON delivery (hook)
    WHERE state = 'waiting' OR state = 'running' OR state = 'held';
-- What settles well never enters it.
CREATE INDEX delivery_kept_token ON delivery (token_expires_at)
    WHERE sealed IS NOT NULL AND (state = 'settled' OR state = 'parked');

CREATE TABLE payload (
    delivery INTEGER PRIMARY KEY,
    headers  BLOB NOT NULL,
    body     BLOB NOT NULL
) STRICT;

CREATE TABLE run (
    delivery       INTEGER NOT NULL,
    number         INTEGER NOT NULL CHECK (number > 0),
    cause          TEXT    NOT NULL CHECK (
        cause = 'first' OR cause = 'retry' OR cause = 'replay' OR cause = 'recovery'
    ),
    started_at     INTEGER NOT NULL,
    finished_at    INTEGER,
    handler_status INTEGER,
    response       BLOB,
    error          TEXT,
    PRIMARY KEY (delivery, number),
    CHECK (finished_at IS NOT NULL OR (handler_status IS NULL AND response IS NULL AND error IS NULL)),
    CHECK (response IS NULL OR error IS NULL)
) STRICT, WITHOUT ROWID;

CREATE TABLE paused_hook (
    hook      TEXT    PRIMARY KEY,
    paused_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Written by the readiness check, to learn whether anything can be written.
CREATE TABLE probe (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    writes INTEGER NOT NULL
) STRICT;
INSERT INTO probe (id, writes) VALUES (1, 0);
