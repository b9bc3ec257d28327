//! The backlog of a book: what is still to be sent to apps.

use crate::wire::resource::resource;

resource! {
    /// How much of a book's events is still to be sent.
    pub struct Backlog {
        /// Number of deliveries that wait.
        count: u64 = "count",
    }
}
