-- The keys by which an event is known again, so that no append and no move writes a page in the middle of many others: a key
-- is a hash, and in one large index each has a page of its own.

DROP TABLE event_recent;
DROP TABLE event_old;

-- The latest, in the order of append. The host keeps them in memory too, by their key.
CREATE TABLE event_recent (
    delivery  INTEGER PRIMARY KEY,
    event_key INTEGER NOT NULL
) STRICT;

-- The others in runs, each of which has those of its places in the order of their keys. A run is written behind the one
-- before it, page by page, and only what is removed changes it.
CREATE TABLE event_old (
    run       INTEGER NOT NULL,
    event_key INTEGER NOT NULL,
    delivery  INTEGER NOT NULL,
    PRIMARY KEY (run, event_key, delivery)
) STRICT, WITHOUT ROWID;

-- The runs, by the last place that is in them, with a filter that tells most of the keys that are not. A run without one
-- is being written: its keys are recent, too.
CREATE TABLE event_run (
    up_to  INTEGER PRIMARY KEY,
    filter BLOB
) STRICT;

-- Each with a filter that lets every key pass; the host that starts makes a better one.
INSERT INTO event_run (up_to, filter)
WITH RECURSIVE run (up_to) AS (
    SELECT min(seq) / 131072 * 131072 + 131072 FROM delivery
    UNION ALL
    SELECT up_to + 131072 FROM run WHERE up_to < (SELECT max(seq) FROM delivery)
)
SELECT up_to, x'ffffffffffffffff' FROM run WHERE up_to <= (SELECT max(seq) FROM delivery);

-- Run after run, so that no more than one is sorted at a time.
INSERT INTO event_old (run, event_key, delivery)
SELECT r.up_to, d.event_key, d.seq
FROM event_run AS r
CROSS JOIN delivery AS d ON d.seq > r.up_to - 131072 AND d.seq <= r.up_to
WHERE d.event_key IS NOT NULL
ORDER BY r.up_to, d.event_key, d.seq;

INSERT INTO event_recent (delivery, event_key)
SELECT seq, event_key
FROM delivery
WHERE event_key IS NOT NULL AND seq > coalesce((SELECT max(up_to) FROM event_run), 0)
ORDER BY seq;
