-- Lanes that are paused: by a person, or because a delivery was parked whose lane waits for it (`on_park: hold`).

CREATE TABLE paused_lane (
    hook      TEXT   NOT NULL,
    lane      TEXT   NOT NULL,
    paused_at BIGINT NOT NULL,
    -- The person who did; NULL when the host has.
    who       TEXT,
    reason    TEXT,
    -- The id of the delivery that the lane waits for; NULL when a person has paused it.
    held_for  BYTEA  CHECK (length(held_for) = 16),
    PRIMARY KEY (hook, lane),
    CHECK ((who IS NULL) = (held_for IS NOT NULL))
);

CREATE UNIQUE INDEX paused_lane_held_for ON paused_lane (held_for) WHERE held_for IS NOT NULL;
