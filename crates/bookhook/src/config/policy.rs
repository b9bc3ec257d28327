//! The keys of a hook that say how it treats its deliveries.

use bookhook_model::{Policy, RetryPolicy};

use super::section::Section;
use super::values;

/// Far more than a host can run, and far less than a semaphore can count.
const CONCURRENCY_MAX: u64 = 10_000;
const QUEUE_MAX: u64 = 1_000_000;
const RUNS_MAX: u64 = 1_000;

/// Reads a hook's policy; what is not given is as in [`Policy::default`].
pub(super) fn read(hook: &mut Section<'_>) -> Policy {
    let default = Policy::default();
    Policy {
        reply: hook.value("reply", values::reply).unwrap_or(default.reply),
        deadline: hook.value("deadline", values::duration).unwrap_or(default.deadline),
        timeout: hook.value("timeout", values::duration).unwrap_or(default.timeout),
        concurrency: hook.value("concurrency", values::count(CONCURRENCY_MAX)).unwrap_or(default.concurrency),
        queue: hook.value("queue", values::count(QUEUE_MAX)).unwrap_or(default.queue),
        lane: hook.value("lane", values::lane).unwrap_or(default.lane),
        retry: hook.section("retry").map_or(default.retry, retry),
        on_park: hook.value("on_park", values::on_park).unwrap_or(default.on_park),
        token_lifetime: hook.value("token_lifetime", values::duration).unwrap_or(default.token_lifetime),
        body_bytes_max: hook.value("body", values::size).unwrap_or(default.body_bytes_max),
    }
}

fn retry(mut keys: Section<'_>) -> RetryPolicy {
    let default = RetryPolicy::default();
    let max = keys.value("max", values::duration).unwrap_or(default.max);
    let policy = RetryPolicy {
        max_runs: keys.value("max_runs", values::count(RUNS_MAX)).unwrap_or(default.max_runs),
        first: keys.value("first", values::duration_up_to(max)).unwrap_or(default.first.min(max)),
        max,
        max_age: keys.value("max_age", values::duration).unwrap_or(default.max_age),
    };
    keys.finish();
    policy
}
