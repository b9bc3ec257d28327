//! Accounts: the places that transactions move amounts between.

use crate::wire::choice::choice;
use crate::wire::resource::resource;
use crate::{AccountId, AgentId, Amount, Group, TextMap, TimestampMs};

choice! {
    /// The nature of an account, or of all accounts of a group.
    pub enum AccountType {
        /// Real things: cash, bank accounts, receivables. Permanent, debit by nature.
        Asset = "ASSET",
        /// Obligations: loans, payables, taxes due. Permanent, credit by nature.
        Liability = "LIABILITY",
        /// Where amounts come from: sales, salary. Not permanent, credit by nature.
        Incoming = "INCOMING",
        /// Where amounts go to: expenses. Not permanent, debit by nature.
        Outgoing = "OUTGOING",
    }
}

resource! {
    /// An account of a book.
    pub struct Account {
        /// Id, unique in the book.
        id: AccountId = "id",
        /// Name as it was written, unique in the book by its normalized form.
        name: String = "name",
        /// Name in lower case, without diacritics, words joined by `_`.
        normalized_name: String = "normalizedName",
        /// Nature of the account.
        account_type: AccountType = "type",
        /// Whether the account is hidden from new use; its history is kept.
        archived: bool = "archived",
        /// Running balance right after a transaction, in lists of transactions of this one account. Never the
        /// current balance.
        balance: Amount = "balance",
        /// Whether the last audit confirmed the balance.
        balance_verified: bool = "balanceVerified",
        /// Whether the account is credit by nature: true for liability and incoming accounts.
        credit: bool = "credit",
        /// Whether the balance goes on from period to period: true for asset and liability accounts.
        permanent: bool = "permanent",
        /// Whether a transaction was ever posted in the account.
        has_transaction_posted: bool = "hasTransactionPosted",
        /// Groups that the account is in.
        groups: Vec<Group> = "groups",
        /// Custom properties.
        properties: TextMap = "properties",
        /// App that created the account.
        agent_id: AgentId = "agentId",
        /// When the account was created.
        created_at: TimestampMs = "createdAt",
        /// When the account was last changed.
        updated_at: TimestampMs = "updatedAt",
    }
}
