//! Remote ids for transactions that are created without one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Gives every transaction that is created a remote id: `{prefix}-1`, `{prefix}-2` and so on.
///
/// Bkper makes no second transaction with a remote id that a transaction of the book has already (one in the trash does
/// not count), and answers with the existing one. So a program that is run again from its beginning, with the same
/// prefix, repeats its transactions without doubling them. Bookhook runs handlers so, with a prefix that it makes of the
/// hook and the event.
///
/// ```
/// use bkper_client::{Client, RemoteIds};
///
/// let client = Client::new("token")?;
/// let once = client.with_remote_ids(RemoteIds::new("tax-bot-event1"));
/// # Ok::<(), bkper_client::BuildError>(())
/// ```
///
/// # What it rests upon
///
/// - Steps are counted over all books, by this value and its clones, in the order in which `create`, `post` and `draft`
///   (or `create_transaction` and its like) are *called*; when the futures that they return are awaited does not matter.
/// - Transactions that have a remote id are left as they are, and are not counted.
/// - A second run must come to the same transactions in the same order. Where a program looks up what is there already,
///   and leaves out what it finds, the steps after that move up, and stand for other transactions than before. Either
///   create without looking, or say the [remote id](crate::NewTransaction::remote_id) yourself.
#[derive(Clone, Debug)]
pub struct RemoteIds(Arc<Steps>);

#[derive(Debug)]
struct Steps {
    prefix: String,
    taken: AtomicU64,
}

impl RemoteIds {
    /// Ids that begin with `prefix`, from step 1.
    pub fn new(prefix: impl Into<String>) -> Self {
        Self(Arc::new(Steps { prefix: prefix.into(), taken: AtomicU64::new(0) }))
    }

    /// The remote id of the next step.
    pub(crate) fn next(&self) -> String {
        let step = self.0.taken.fetch_add(1, Ordering::Relaxed) + 1;
        format!("{}-{step}", self.0.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_counted_over_all_clones() {
        let ids = RemoteIds::new("tax-bot-event1");
        let clone = ids.clone();
        assert_eq!([ids.next(), clone.next(), ids.next()], [1, 2, 3].map(|n| format!("tax-bot-event1-{n}")));
    }

    #[test]
    fn the_same_prefix_begins_anew_in_the_next_run() {
        let run = || RemoteIds::new("e1").next();
        assert_eq!(run(), run());
    }
}
