//! What was refused at the door, counted by hook and reason: the only trace of a request that is never journaled.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Mutex, PoisonError};

use tracing::warn;

use bookhook_model::HookName;

/// One line of the count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The hook; `None` where there is none of that path.
    pub hook: Option<HookName>,
    /// Why, as a short stable name.
    pub reason: &'static str,
    /// How many.
    pub count: u64,
}

/// Counts refusals since the start.
#[derive(Debug, Default)]
pub struct Counters {
    refused: Mutex<BTreeMap<(Option<HookName>, &'static str), u64>>,
}

impl Counters {
    /// One more. Logged at the first, tenth, hundredth … so that a flood does not fill the log.
    /// `detail` is for the log, and must hold no secret.
    pub fn refuse(&self, hook: Option<&HookName>, reason: &'static str, detail: &dyn Display) {
        let count = {
            let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
            let count = refused.entry((hook.cloned(), reason)).or_default();
            *count += 1;
            *count
        };
        if is_power_of_ten(count) {
            let hook = hook.map_or("-", HookName::as_str);
            warn!(hook, reason, count, "refused at the door: {detail}");
        }
    }

    /// The counts so far, by hook and reason.
    pub fn refused(&self) -> Vec<Refused> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let line = |((hook, reason), count): (&(Option<HookName>, &'static str), &u64)| Refused {
            hook: hook.clone(),
            reason,
            count: *count,
        };
        refused.iter().map(line).collect()
    }
}

fn is_power_of_ten(count: u64) -> bool {
    count.checked_ilog10().is_some_and(|digits| count == 10_u64.pow(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_counted_by_hook_and_reason() {
        let counters = Counters::default();
        let hook: HookName = "tax-bot".parse().unwrap();
        counters.refuse(Some(&hook), "expired", &"");
        counters.refuse(Some(&hook), "expired", &"");
        counters.refuse(None, "no_such_hook", &"");
        let counted: Vec<_> =
            counters.refused().into_iter().map(|line| (line.hook, line.reason, line.count)).collect();
        assert_eq!(counted, [(None, "no_such_hook", 1), (Some(hook), "expired", 2)]);
    }

    #[test]
    fn only_powers_of_ten_are_logged() {
        let logged: Vec<u64> = (0..=1000).filter(|count| is_power_of_ten(*count)).collect();
        assert_eq!(logged, [1, 10, 100, 1000]);
    }
}
