//! Transactions: amounts that move from one account to another.

use crate::wire::resource::resource;
use crate::{Account, AgentId, Amount, Date, File, TextMap, TimestampMs, TransactionId};

resource! {
    /// A transaction, or the draft of one.
    pub struct Transaction {
        /// Id of the transaction.
        id: TransactionId = "id",
        /// Day of the transaction.
        date: Date = "date",
        /// The day in the date pattern of the book, such as `04/03/2026`.
        date_formatted: String = "dateFormatted",
        /// The day as a number `YYYYMMDD`, such as 20260304.
        date_value: u32 = "dateValue",
        /// What is moved, in the unit of the book; always positive.
        amount: Amount = "amount",
        /// The account that the amount comes from.
        credit_account: Account = "creditAccount",
        /// The account that the amount goes to.
        debit_account: Account = "debitAccount",
        /// Description, with hashtags.
        description: String = "description",
        /// The hashtags of the description, without `#`.
        tags: Vec<String> = "tags",
        /// Web addresses that belong to the transaction.
        urls: Vec<String> = "urls",
        /// Attached files, without content.
        files: Vec<File> = "files",
        /// Ids of other systems; a book has no two transactions with the same one.
        remote_ids: Vec<String> = "remoteIds",
        /// Custom properties.
        properties: TextMap = "properties",
        /// Whether the transaction is not posted: it does not count in balances yet.
        draft: bool = "draft",
        /// Whether the transaction counts in balances.
        posted: bool = "posted",
        /// Whether the transaction was checked, which also protects it from changes.
        checked: bool = "checked",
        /// Whether the transaction is in the trash.
        trashed: bool = "trashed",
        /// App that created the transaction.
        agent_id: AgentId = "agentId",
        /// Name of that app.
        agent_name: String = "agentName",
        /// Logo of that app: a web address or a data URL.
        agent_logo: String = "agentLogo",
        /// Logo of that app for dark surroundings: a web address or a data URL.
        agent_logo_dark: String = "agentLogoDark",
        /// Username of the user who created the transaction.
        created_by: String = "createdBy",
        /// When the transaction was created.
        created_at: TimestampMs = "createdAt",
        /// When the transaction was last changed.
        updated_at: TimestampMs = "updatedAt",
    }
}

resource! {
    /// What an operation on a transaction did. The object of every event about transactions.
    pub struct TransactionOperation {
        /// The transaction after the operation.
        transaction: Transaction = "transaction",
        /// The accounts whose balances the operation touched; none for a draft.
        accounts: Vec<Account> = "accounts",
    }
}
