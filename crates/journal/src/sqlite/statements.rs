//! The writer's statements, prepared once for its life, and what it keeps in memory beside them.

use rusqlite::{Connection, Statement};

use super::keys::Keys;
use super::queries;

macro_rules! statements {
    ($($name:ident),* $(,)?) => {
        /// One field a statement, named as its file in `queries/sqlite/`.
        pub(super) struct Statements<'c> {
            /// The keys that may be in the journal.
            pub(super) keys: Keys,
            pub(super) transaction_begin: Statement<'c>,
            pub(super) transaction_commit: Statement<'c>,
            pub(super) transaction_rollback: Statement<'c>,
            $(pub(super) $name: Statement<'c>,)*
        }

        impl<'c> Statements<'c> {
            /// Prepares them all, and reads the keys.
            pub(super) fn prepare(conn: &'c Connection) -> rusqlite::Result<Self> {
                Ok(Self {
                    keys: Keys::load(conn)?,
                    transaction_begin: conn.prepare("BEGIN IMMEDIATE")?,
                    transaction_commit: conn.prepare("COMMIT")?,
                    transaction_rollback: conn.prepare("ROLLBACK")?,
                    $($name: conn.prepare(queries::$name)?,)*
                })
            }
        }
    };
}

statements! {
    age_events, append_again, append_again_payload, append_find_old, append_find_same,
    append_insert_delivery, append_insert_event, append_insert_payload, await_caller, begin_event_run,
    begin_find, begin_run, cancel_replay_job, count_pages, count_replay, count_replay_refusal,
    count_sealed_otherwise, delete_replay_targets, erase_expired_tokens, erase_find_agent,
    erase_find_book, erase_find_places, find_earlier, find_lane_held_for, find_next_target, find_replays_state,
    find_response, find_running_replays, find_standing, find_to_act_on, find_unsettled,
    find_whether_held, finish_event_run, give_back_pages, hold_lane, hold_lane_for, hold_waiting, insert_act,
    insert_into_catalogue, insert_old_event, insert_replay_job, insert_replay_targets, insert_run,
    list_paused, list_paused_lanes, list_unsettled, note_answered, note_catalogued, note_removed, park,
    park_awaiting_callers, pause_hook, pause_lane, probe, recover_deliveries, recover_paused,
    recover_paused_lanes, recover_runs, release_given_up, release_held, release_lane, release_unpaused,
    remove_delivery, remove_event_old, remove_event_recent, remove_event_run, remove_from_catalogue,
    remove_payload, remove_runs, replay, resume_given_up, resume_hook, resume_lane,
    resume_lane_held_for, retain_find, retry_at, settle_delivery, settle_run, skip, unpark,
}
