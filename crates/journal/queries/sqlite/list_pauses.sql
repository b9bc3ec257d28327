-- Hooks and lanes that are paused, and by whom; NULL: by the host.
SELECT hook, NULL AS lane, paused_at, who, reason, NULL AS held_for FROM paused_hook
UNION ALL
SELECT hook, lane, paused_at, who, reason, held_for FROM paused_lane
ORDER BY hook, lane
