//! The statements of a writing session, prepared once for its life.

use tokio_postgres::{Client, Error, Statement};

use super::queries;

macro_rules! statements {
    ($($name:ident),* $(,)?) => {
        /// One field a statement, named as its file in `queries/postgres/`.
        pub(super) struct Statements {
            $(pub(super) $name: Statement,)*
        }

        impl Statements {
            /// Prepares them all, in one go.
            pub(super) async fn prepare(client: &Client) -> Result<Self, Error> {
                $(let $name = client.prepare(queries::$name);)*
                let prepared = futures_util::future::try_join_all([
                    $(Box::pin($name) as std::pin::Pin<Box<dyn Future<Output = Result<Statement, Error>> + Send>>,)*
                ]).await?;
                let mut prepared = prepared.into_iter();
                let mut next = || prepared.next().expect("as many as were asked for");
                Ok(Self { $($name: next(),)* })
            }
        }
    };
}

statements! {
    add_volume, append_again, append_again_payload, append_find_same, append_insert_delivery, await_caller,
    begin_find, begin_run, cancel_replay_job, count_changes, count_replay, count_replay_refusal, count_sealed_otherwise,
    delete_replay_targets, erase_expired_tokens, erase_find_agent, erase_find_book, erase_find_places, find_next_target,
    find_replays_state, find_response, find_running_replays, find_standing, find_to_act_on, find_unsettled, find_volume,
    find_earlier, find_homeless, find_whether_held, group_begin, group_outcome, hold_lane, hold_lane_for,
    hold_waiting, host_bury,
    insert_act, insert_replay_job, insert_replay_targets, insert_run, list_paused, list_paused_lanes,
    list_unsettled, note_answered, park, park_awaiting_callers, park_run, pause_hook, pause_lane, probe,
    recover_deliveries, recover_paused, recover_paused_lanes, recover_runs, release_given_up, release_held,
    release_lane, remove_delivery, remove_payload, remove_runs, replay, resume_given_up, resume_hook,
    resume_lane, resume_lane_held_for, retain_find, retry_at, settle_delivery, settle_run, skip, take_over,
    take_over_find, take_over_list, take_over_runs, unpark,
}
