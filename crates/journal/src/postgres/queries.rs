//! The statements, by name. SQLite has its own under the same names, where it needs one.

macro_rules! queries {
    ($($name:ident),* $(,)?) => {
        $(
            #[doc = concat!("`queries/postgres/", stringify!($name), ".sql`")]
            #[allow(non_upper_case_globals, reason = "named as its file")]
            pub(super) const $name: &str =
                include_str!(concat!("../../queries/postgres/", stringify!($name), ".sql"));
        )*

        /// Every statement: its name and its text.
        pub const QUERIES: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

queries! {
    add_volume, append_again, append_again_payload, append_find_same, append_insert_delivery, await_caller,
    begin_find, begin_run, cancel_replay_job, candidates_after, candidates_all, candidates_of_agent,
    candidates_of_book, candidates_of_event, candidates_of_kind, check_keys, check_lanes, check_open_runs,
    check_payloads, check_runs, check_strays, check_tally, copy_count_by_hook, copy_count_states,
    copy_find_standing, copy_insert_host, copy_number_acts, copy_number_deliveries, copy_sum_volume,
    count_by_hook, count_changes, count_of_agent, count_of_book, count_of_kind, count_replay,
    count_replay_refusal, count_sealed_otherwise, delete_replay_targets, erase_expired_tokens, erase_find_agent,
    erase_find_book, erase_find_places, find_delivery, find_earlier, find_first_since, find_homeless, find_hooks, find_kinds,
    find_last, find_next_target, find_of_user, find_outlook, find_payload, find_replays_state, find_response,
    find_running_replays, find_standing, find_to_act_on, find_unsettled, find_volume, find_whether_held,
    group_begin, group_outcome, hold_lane, hold_lane_for, hold_waiting, host_bury, host_enter, host_leave,
    host_list, host_renew, insert_act, insert_replay_job, insert_replay_targets, insert_run, list_acts,
    list_matching, list_paused, list_paused_lanes, list_pauses, list_replay_jobs, list_replay_refusals,
    list_runs, list_unsettled, list_writers, note_answered, park, park_awaiting_callers, park_run, pause_hook,
    pause_lane, probe, recover_deliveries, recover_paused, recover_paused_lanes, recover_runs, release_given_up,
    release_held, release_lane, remove_delivery, remove_payload, remove_runs, replay, resume_given_up,
    resume_hook, resume_lane, resume_lane_held_for, retain_find, retry_at, session_server, settle_delivery,
    settle_run, skip, take_over, take_over_find, take_over_list, take_over_runs, unpark,
}
