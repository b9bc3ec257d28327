-- Hooks and lanes that are paused, and by whom; NULL: by the host.
SELECT hook COLLATE "C" AS hook, NULL::text AS lane, paused_at, who, reason, NULL::bytea AS held_for FROM paused_hook
UNION ALL
SELECT hook COLLATE "C", lane COLLATE "C", paused_at, who, reason, held_for FROM paused_lane
ORDER BY hook, lane NULLS FIRST
