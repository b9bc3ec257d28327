//! The statements, by name. Other back-ends have theirs under the same names.

macro_rules! queries {
    ($($name:ident),* $(,)?) => {
        $(
            #[doc = concat!("`queries/sqlite/", stringify!($name), ".sql`")]
            #[allow(non_upper_case_globals, reason = "named as its file")]
            pub(super) const $name: &str =
                include_str!(concat!("../../queries/sqlite/", stringify!($name), ".sql"));
        )*

        /// Every statement: its name and its text.
        pub const QUERIES: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

queries! {
    age_events, append_again, append_again_payload, append_find_old, append_find_same,
    append_insert_delivery, append_insert_event, append_insert_payload, await_caller, begin_event_run,
    begin_find, begin_run, cancel_replay_job, candidates_after, candidates_all, candidates_of_agent,
    candidates_of_book, candidates_of_event, candidates_of_kind, check_events, check_keys, check_lanes,
    check_open_runs, check_payloads, check_runs, check_strays, check_tally, count_by_hook, count_of_agent,
    count_of_book, count_of_kind, count_pages, count_replay, count_replay_refusal, count_sealed_otherwise,
    delete_replay_targets, erase_expired_tokens, erase_find_agent, erase_find_book, erase_find_places, find_begun_event_run,
    find_catalogued, find_catalogued_among, find_delivery, find_earlier, find_empty_event_runs,
    find_event_run_to_begin, find_events_in_runs, find_events_up_to, find_first_recent_event, find_hooks,
    find_lane_held_for, find_last, find_next_target, find_of_user, find_outlook, find_passing_event_runs, find_payload,
    find_received_at, find_replays_state, find_response, find_running_replays, find_standing,
    find_to_act_on, find_types, find_uncatalogued, find_unsettled, find_whether_held, finish_event_run,
    give_back_pages, hold_lane, hold_lane_for, hold_waiting, insert_act, insert_into_catalogue,
    insert_old_event, insert_replay_job, insert_replay_targets, insert_run, list_acts, list_event_runs,
    list_keys_of_run, list_matching, list_paused, list_paused_lanes, list_pauses, list_recent_events,
    list_replay_jobs, list_replay_refusals, list_runs, list_unsettled, note_answered, note_catalogued,
    note_removed, park, park_awaiting_callers, pause_hook, pause_lane, probe, recover_deliveries,
    recover_paused, recover_paused_lanes, recover_runs, release_given_up, release_held, release_lane,
    release_unpaused, remove_delivery, remove_event_old, remove_event_recent, remove_event_run,
    remove_from_catalogue, remove_payload, remove_runs, replay, resume_given_up, resume_hook, resume_lane,
    resume_lane_held_for, retain_find, retry_at, set_event_filter, settle_delivery, settle_run, skip,
    unpark,
}
