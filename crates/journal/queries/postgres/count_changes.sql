-- Some of the changes are counted; what another host is just counting is left to that one.
WITH counted AS (
    DELETE FROM hook_change
    WHERE ctid = ANY(ARRAY(SELECT ctid FROM hook_change LIMIT $1 FOR UPDATE SKIP LOCKED))
    RETURNING hook, state, change
), added AS (
    INSERT INTO hook_tally (hook, state, count)
    SELECT hook, state, sum(change) FROM counted GROUP BY hook, state ORDER BY hook, state
    ON CONFLICT (hook, state) DO UPDATE SET count = hook_tally.count + excluded.count
)
SELECT count(*) FROM counted
