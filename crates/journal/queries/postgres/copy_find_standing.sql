-- Whether a host runs, and whether there is nothing that a copy could be confused with.
SELECT EXISTS (SELECT FROM host WHERE expires_at > clock_timestamp()),
       NOT EXISTS (SELECT FROM delivery)
       AND NOT EXISTS (SELECT FROM act)
       AND NOT EXISTS (SELECT FROM replay_job)
       AND NOT EXISTS (SELECT FROM paused_hook)
       AND NOT EXISTS (SELECT FROM paused_lane)
