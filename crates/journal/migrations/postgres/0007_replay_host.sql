-- The host that works a job off; another may when that one is gone.

ALTER TABLE replay_job ADD COLUMN host BIGINT;
