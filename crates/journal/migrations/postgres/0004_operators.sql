-- What people do: each act is remembered; deliveries run again, one by one or as a job.

-- How many of its runs came before it was last sent again, replayed or unparked: they do not count among its tries.
ALTER TABLE delivery ADD COLUMN runs_before INTEGER NOT NULL DEFAULT 0;

-- The person who has paused the hook; NULL when the host has by itself. A person may have a reason too.
ALTER TABLE paused_hook ADD COLUMN who TEXT;

CREATE TABLE act (
    number   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       BIGINT NOT NULL,
    who      TEXT   NOT NULL,
    what     TEXT   NOT NULL,
    hook     TEXT,
    lane     TEXT,
    delivery BYTEA  CHECK (length(delivery) = 16),
    replays  BYTEA  CHECK (length(replays) = 16),
    detail   TEXT
);

CREATE TABLE replay_job (
    id            BYTEA   PRIMARY KEY CHECK (length(id) = 16),
    -- As the API writes it, in JSON.
    filter        TEXT    NOT NULL,
    without_token BOOLEAN NOT NULL,
    per_second    INTEGER NOT NULL CHECK (per_second > 0),
    who           TEXT    NOT NULL,
    created_at    BIGINT  NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('running', 'done', 'cancelled')),
    matched       INTEGER NOT NULL,
    done          INTEGER NOT NULL DEFAULT 0,
    refused       INTEGER NOT NULL DEFAULT 0,
    finished_at   BIGINT,
    CHECK (done + refused <= matched),
    CHECK ((state = 'running') = (finished_at IS NULL))
);

-- One at a time.
CREATE UNIQUE INDEX replay_job_running ON replay_job (state) WHERE state = 'running';

-- The deliveries that a running job is to replay: their ids, one behind the other, in pages of 256.
CREATE TABLE replay_target (
    job  BYTEA   NOT NULL,
    page INTEGER NOT NULL,
    ids  BYTEA   NOT NULL CHECK (length(ids) % 16 = 0),
    PRIMARY KEY (job, page)
);

-- Why a job could not replay some of its deliveries.
CREATE TABLE replay_refusal (
    job    BYTEA   NOT NULL,
    reason TEXT    NOT NULL,
    count  INTEGER NOT NULL,
    PRIMARY KEY (job, reason)
);
