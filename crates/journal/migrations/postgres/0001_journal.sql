-- Deliveries, their runs, and what they carry; and the hosts that share them.
--
-- Times of deliveries and runs are a host's: microseconds since 1970 in UTC, as in SQLite. Times of hosts are the
-- database's own. `seq` is the order of append, and numbers both deliveries and turns. What settling changes (delivery,
-- run) is kept apart from what it must not rewrite (payload).

-- A host that does not put its `expires_at` off in time is dead: others delete its row, which fences it, and take over
-- its deliveries.
CREATE TABLE host (
    id         BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       TEXT        NOT NULL,
    started_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    expires_at TIMESTAMPTZ NOT NULL
);

CREATE SEQUENCE delivery_seq;

CREATE TABLE delivery (
    seq              BIGINT   PRIMARY KEY,
    id               BYTEA    NOT NULL CHECK (length(id) = 16),
    hook             TEXT     NOT NULL,
    event_id         TEXT,
    -- The first eight bytes of SHA-256(hook, 0, event_id); with the fingerprint it tells one sending from another.
    event_key        BIGINT,
    fingerprint      BYTEA    NOT NULL CHECK (length(fingerprint) = 16),
    event_type       TEXT     NOT NULL,
    lane             TEXT,
    book_id          TEXT,
    agent_id         TEXT,
    -- An earlier delivery has the same event_key and another fingerprint.
    conflict         BOOLEAN  NOT NULL,
    received_at      BIGINT   NOT NULL,
    -- When the sending came that it runs for: received_at, until it is sent again and runs again.
    sent_at          BIGINT   NOT NULL,
    -- The order within a lane: seq, until it runs again, behind those that came since.
    turn             BIGINT   NOT NULL,
    -- The host that sees to it; nobody's when it is done, or waits for its caller.
    host             BIGINT,
    -- Set when the event carried tokens; the sealed value itself may be erased by now.
    token_expires_at BIGINT,
    -- Here, and not with the payload: to settle erases it, and rewrites this row anyway.
    sealed           BYTEA,
    state            TEXT     NOT NULL CHECK (
        state IN ('settled', 'running', 'waiting', 'parked', 'held', 'unmatched')
    ),
    -- A waiting delivery waits for its caller, or for next_run_at, or (neither) for its turn.
    awaits_caller    BOOLEAN  NOT NULL DEFAULT false,
    next_run_at      BIGINT,
    runs             INTEGER  NOT NULL CHECK (runs >= 0),
    settled_at       BIGINT,
    outcome          TEXT     CHECK (outcome IN ('result', 'suppressed', 'error', 'warning')),
    -- The response it was settled with, unless that is the response of its last run.
    response         BYTEA,
    answered         INTEGER,
    parked_reason    TEXT,

    CHECK ((event_id IS NULL) = (event_key IS NULL)),
    CHECK ((state = 'settled') = (settled_at IS NOT NULL)),
    CHECK ((state = 'settled') = (outcome IS NOT NULL)),
    CHECK ((state = 'parked') = (parked_reason IS NOT NULL)),
    CHECK (sealed IS NULL OR token_expires_at IS NOT NULL),
    CHECK (response IS NULL OR state = 'settled'),
    CHECK (NOT awaits_caller OR (state = 'waiting' AND next_run_at IS NULL)),
    CHECK (next_run_at IS NULL OR state IN ('waiting', 'held')),
    CHECK (state <> 'running' OR runs > 0),
    CHECK ((host IS NOT NULL) = (state IN ('running', 'held') OR (state = 'waiting' AND NOT awaits_caller)))
);

CREATE UNIQUE INDEX delivery_id ON delivery (id);
CREATE UNIQUE INDEX delivery_event ON delivery (event_key, fingerprint) WHERE event_key IS NOT NULL;
-- Whoever is second is told by the index: two runs of a lane never overlap, on however many hosts.
CREATE UNIQUE INDEX delivery_running_lane ON delivery (hook, lane) WHERE state = 'running' AND lane IS NOT NULL;
CREATE INDEX delivery_unsettled ON delivery (hook, lane, turn) WHERE state IN ('waiting', 'running', 'held');
-- What settles well never enters it.
CREATE INDEX delivery_kept_token ON delivery (token_expires_at)
    WHERE sealed IS NOT NULL AND state IN ('settled', 'parked');

CREATE TABLE payload (
    delivery BIGINT PRIMARY KEY,
    headers  BYTEA  NOT NULL,
    body     BYTEA  NOT NULL
);

CREATE TABLE run (
    delivery       BIGINT  NOT NULL,
    number         INTEGER NOT NULL CHECK (number > 0),
    cause          TEXT    NOT NULL CHECK (cause IN ('first', 'retry', 'replay', 'recovery')),
    started_at     BIGINT  NOT NULL,
    finished_at    BIGINT,
    handler_status INTEGER,
    response       BYTEA,
    error          TEXT,
    PRIMARY KEY (delivery, number),
    CHECK (finished_at IS NOT NULL OR (handler_status IS NULL AND response IS NULL AND error IS NULL)),
    CHECK (response IS NULL OR error IS NULL)
);

CREATE TABLE paused_hook (
    hook      TEXT   PRIMARY KEY,
    paused_at BIGINT NOT NULL
);

-- Written by the readiness check, to learn whether anything can be written.
CREATE TABLE probe (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    writes BIGINT  NOT NULL
);
INSERT INTO probe (id, writes) VALUES (1, 0);
