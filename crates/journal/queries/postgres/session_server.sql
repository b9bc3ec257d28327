-- Which server this is, since it last came up, and which database: there, the number of a transaction means one and no other.
-- The statistics are begun anew when the server has crashed, even if its main process has not.
SELECT concat_ws(
    ' ',
    extract(epoch FROM pg_postmaster_start_time()),
    extract(epoch FROM pg_stat_get_bgwriter_stat_reset_time()),
    (SELECT oid FROM pg_database WHERE datname = current_database())
)
