//! What a user may do in a book.

use crate::wire::choice::choice;

choice! {
    /// What a user may do in a book or a collection.
    pub enum Permission {
        /// Everything, including to delete the book.
        Owner = "OWNER",
        /// Manage accounts, groups and settings; post, check and trash transactions.
        Editor = "EDITOR",
        /// Create and post transactions, and see everything.
        Poster = "POSTER",
        /// Create and delete drafts; sees no accounts and no balances.
        Recorder = "RECORDER",
        /// Read only.
        Viewer = "VIEWER",
        /// Nothing.
        None = "NONE",
    }
}
