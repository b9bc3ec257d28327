//! What can happen in a book.

use crate::wire::choice::choice;

choice! {
    /// What happened in a book.
    pub enum EventType {
        /// A file was added.
        FileCreated = "FILE_CREATED",
        /// A file was changed.
        FileUpdated = "FILE_UPDATED",
        /// A file was deleted.
        FileDeleted = "FILE_DELETED",
        /// A draft was created.
        TransactionCreated = "TRANSACTION_CREATED",
        /// A transaction was changed.
        TransactionUpdated = "TRANSACTION_UPDATED",
        /// A transaction was moved to the trash.
        TransactionDeleted = "TRANSACTION_DELETED",
        /// A transaction was posted.
        TransactionPosted = "TRANSACTION_POSTED",
        /// A transaction was checked.
        TransactionChecked = "TRANSACTION_CHECKED",
        /// The check of a transaction was taken back.
        TransactionUnchecked = "TRANSACTION_UNCHECKED",
        /// A transaction was taken out of the trash.
        TransactionRestored = "TRANSACTION_RESTORED",
        /// An account was created.
        AccountCreated = "ACCOUNT_CREATED",
        /// An account was changed.
        AccountUpdated = "ACCOUNT_UPDATED",
        /// An account was deleted.
        AccountDeleted = "ACCOUNT_DELETED",
        /// A query was saved.
        QueryCreated = "QUERY_CREATED",
        /// A saved query was changed.
        QueryUpdated = "QUERY_UPDATED",
        /// A saved query was deleted.
        QueryDeleted = "QUERY_DELETED",
        /// A group was created.
        GroupCreated = "GROUP_CREATED",
        /// A group was changed.
        GroupUpdated = "GROUP_UPDATED",
        /// A group was deleted.
        GroupDeleted = "GROUP_DELETED",
        /// A transaction was commented on.
        CommentCreated = "COMMENT_CREATED",
        /// A comment was deleted.
        CommentDeleted = "COMMENT_DELETED",
        /// The book was shared with a user.
        CollaboratorAdded = "COLLABORATOR_ADDED",
        /// The permission of a collaborator was changed.
        CollaboratorUpdated = "COLLABORATOR_UPDATED",
        /// The book is no longer shared with a user.
        CollaboratorRemoved = "COLLABORATOR_REMOVED",
        /// An app was installed.
        IntegrationCreated = "INTEGRATION_CREATED",
        /// An installed app was changed.
        IntegrationUpdated = "INTEGRATION_UPDATED",
        /// An app was removed.
        IntegrationDeleted = "INTEGRATION_DELETED",
        /// The book was created.
        BookCreated = "BOOK_CREATED",
        /// The balances of the book were computed anew.
        BookAudited = "BOOK_AUDITED",
        /// Settings or properties of the book were changed.
        BookUpdated = "BOOK_UPDATED",
        /// The book was deleted.
        BookDeleted = "BOOK_DELETED",
    }
}
