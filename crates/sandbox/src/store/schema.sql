-- One row a resource: columns for what is searched and sorted by, and the resource itself as JSON in `doc`.
-- Amounts are decimal text, days are numbers YYYYMMDD, points in time are milliseconds since 1970.

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE user (
    id       TEXT PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    email    TEXT NOT NULL UNIQUE,
    doc      TEXT NOT NULL
) STRICT;

-- Bearer tokens that name a user: those of the configuration last, those that a handler got expire.
CREATE TABLE token (
    token   TEXT PRIMARY KEY,
    user    TEXT NOT NULL REFERENCES user,
    expires INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX token_by_end ON token (expires) WHERE expires IS NOT NULL;

CREATE TABLE app (
    id     TEXT PRIMARY KEY,
    agent  TEXT NOT NULL,              -- how it stands in events and at what it made
    wishes TEXT NOT NULL,              -- the events that it listens to
    doc    TEXT NOT NULL
) STRICT;

-- The apps that are not told of what they did themselves; they need not be registered yet.
CREATE TABLE own_events_suppressed (
    agent TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE book (
    seq     INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    updated INTEGER NOT NULL,          -- when anything in the book last changed
    doc     TEXT NOT NULL
) STRICT;

CREATE TABLE collaborator (
    id         TEXT PRIMARY KEY,
    book       TEXT NOT NULL REFERENCES book (id) ON DELETE CASCADE,
    user       TEXT NOT NULL REFERENCES user,
    permission TEXT NOT NULL,
    doc        TEXT NOT NULL,
    UNIQUE (book, user)
) STRICT;
CREATE INDEX collaborator_by_user ON collaborator (user);

-- Who would like to be a collaborator.
CREATE TABLE access_request (
    id   TEXT PRIMARY KEY,
    book TEXT NOT NULL REFERENCES book (id) ON DELETE CASCADE,
    user TEXT NOT NULL REFERENCES user,
    doc  TEXT NOT NULL,
    UNIQUE (book, user)
) STRICT;

CREATE TABLE collection (
    seq   INTEGER PRIMARY KEY,
    id    TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL REFERENCES user,
    doc   TEXT NOT NULL
) STRICT;

CREATE TABLE collection_book (
    book       TEXT PRIMARY KEY REFERENCES book (id) ON DELETE CASCADE,
    collection TEXT NOT NULL REFERENCES collection (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_book_by_collection ON collection_book (collection);

CREATE TABLE account (
    id         INTEGER PRIMARY KEY,
    book       TEXT NOT NULL REFERENCES book (id) ON DELETE CASCADE,
    normalized TEXT NOT NULL,          -- the normalized name
    doc        TEXT NOT NULL,
    UNIQUE (book, normalized)
) STRICT;

CREATE TABLE "group" (
    id         INTEGER PRIMARY KEY,
    book       TEXT NOT NULL REFERENCES book (id) ON DELETE CASCADE,
    normalized TEXT NOT NULL,
    parent     INTEGER REFERENCES "group" DEFERRABLE INITIALLY DEFERRED, -- a copy's groups come in any order
    doc        TEXT NOT NULL,
    UNIQUE (book, normalized)
) STRICT;
CREATE INDEX group_by_parent ON "group" (parent);

CREATE TABLE account_group (
    account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    "group" INTEGER NOT NULL REFERENCES "group" ON DELETE CASCADE,
    nature  TEXT NOT NULL,             -- that of the account: a group shows what its accounts have in common
    PRIMARY KEY (account, "group")
) STRICT, WITHOUT ROWID;
CREATE INDEX account_group_by_nature ON account_group ("group", nature);

CREATE TABLE "transaction" (
    seq     INTEGER PRIMARY KEY,       -- order of creation
    id      TEXT NOT NULL UNIQUE,
    book    TEXT NOT NULL REFERENCES book (id) ON DELETE CASCADE,
    day     INTEGER NOT NULL,          -- 99999999 for a draft without date: it is listed first
    credit  INTEGER REFERENCES account,
    debit   INTEGER REFERENCES account,
    amount  TEXT,
    posted  INTEGER NOT NULL,
    checked INTEGER NOT NULL,
    trashed INTEGER NOT NULL,
    agent   TEXT,
    words   TEXT NOT NULL,             -- what free text is looked for in, normalized
    doc     TEXT NOT NULL
) STRICT;
-- What most searches ask stands in the index, behind the order of lists.
CREATE INDEX transaction_by_day ON "transaction" (book, day, seq, credit, debit, posted, checked, trashed);
CREATE INDEX transaction_by_credit ON "transaction" (credit, day, seq);
CREATE INDEX transaction_by_debit ON "transaction" (debit, day, seq);

CREATE TABLE remote_id (
    book        TEXT NOT NULL REFERENCES book (id) ON DELETE CASCADE,
    remote_id   TEXT NOT NULL,
    "transaction" INTEGER NOT NULL REFERENCES "transaction" ON DELETE CASCADE,
    PRIMARY KEY (book, remote_id, "transaction")
) STRICT, WITHOUT ROWID;
CREATE INDEX remote_id_by_transaction ON remote_id ("transaction");

CREATE TABLE tag (
    book        TEXT NOT NULL REFERENCES book (id) ON DELETE CASCADE,
    tag         TEXT NOT NULL,         -- in lower case
    "transaction" INTEGER NOT NULL REFERENCES "transaction" ON DELETE CASCADE,
    PRIMARY KEY (book, tag, "transaction")
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_by_transaction ON tag ("transaction");

-- What the posted transactions of a day moved, an account. Kept with every change, so that no balance has to be
-- summed up from transactions.
CREATE TABLE day_total (
    account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    day     INTEGER NOT NULL,
    credit  TEXT NOT NULL,
    debit   TEXT NOT NULL,
    PRIMARY KEY (account, day)
) STRICT, WITHOUT ROWID;

-- How many transactions of a month (YYYYMM) are posted.
CREATE TABLE month_count (
    book   TEXT NOT NULL REFERENCES book (id) ON DELETE CASCADE,
    month  INTEGER NOT NULL,
    posted INTEGER NOT NULL,
    PRIMARY KEY (book, month)
) STRICT, WITHOUT ROWID;

CREATE TABLE file (
    seq     INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    book    TEXT NOT NULL REFERENCES book (id) ON DELETE CASCADE,
    doc     TEXT NOT NULL,
    content TEXT NOT NULL              -- Base64, as it came
) STRICT;
CREATE INDEX file_by_book ON file (book, seq);

CREATE TABLE saved_query (
    id   INTEGER PRIMARY KEY,
    book TEXT NOT NULL REFERENCES book (id) ON DELETE CASCADE,
    doc  TEXT NOT NULL
) STRICT;
CREATE INDEX saved_query_by_book ON saved_query (book);

CREATE TABLE integration (
    id    INTEGER PRIMARY KEY,
    book  TEXT NOT NULL REFERENCES book (id) ON DELETE CASCADE,
    agent TEXT,                        -- the app; none where only a connection is integrated
    user  TEXT NOT NULL REFERENCES user,
    doc   TEXT NOT NULL,
    UNIQUE (book, agent)
) STRICT;

CREATE TABLE connection (
    id   TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES user,
    doc  TEXT NOT NULL
) STRICT;

CREATE TABLE comment (
    id            TEXT PRIMARY KEY,
    "transaction" INTEGER NOT NULL REFERENCES "transaction" ON DELETE CASCADE,
    doc           TEXT NOT NULL
) STRICT;
CREATE INDEX comment_by_transaction ON comment ("transaction");

-- Events outlive their book: the last one tells that it was deleted.
CREATE TABLE event (
    seq      INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    book     TEXT NOT NULL,
    type     TEXT NOT NULL,
    resource TEXT NOT NULL,
    created  INTEGER NOT NULL,
    failed   INTEGER NOT NULL DEFAULT 0, -- whether a response is an error
    payload  TEXT NOT NULL             -- the event as it is sent, without responses
) STRICT;
CREATE INDEX event_by_time ON event (book, created, seq);
CREATE INDEX event_by_type ON event (book, type, created, seq);
CREATE INDEX event_by_resource ON event (book, resource, created, seq);
CREATE INDEX event_of_errors ON event (book, created, seq) WHERE failed;

CREATE TABLE response (
    event   INTEGER NOT NULL REFERENCES event ON DELETE CASCADE,
    agent   TEXT NOT NULL,
    type    TEXT NOT NULL,
    message TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (event, agent)
) STRICT, WITHOUT ROWID;

-- What is still to be sent: a book's rows are its backlog. The user is the one who installed the app: the last event
-- of a book is sent when the book and all that was installed in it are gone.
CREATE TABLE outbox (
    seq      INTEGER PRIMARY KEY,
    event    INTEGER NOT NULL REFERENCES event ON DELETE CASCADE,
    book     TEXT NOT NULL,
    agent    TEXT NOT NULL,
    user     TEXT NOT NULL REFERENCES user,
    tries    INTEGER NOT NULL,
    failures INTEGER NOT NULL          -- the tries after which the app was not merely asked to wait
) STRICT;
CREATE INDEX outbox_by_lane ON outbox (book, agent, seq);
