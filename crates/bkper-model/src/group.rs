//! Groups: sets of accounts, in trees.

use crate::wire::resource::resource;
use crate::{AccountType, AgentId, GroupId, TextMap, TimestampMs};

resource! {
    /// A group of accounts, or of groups.
    pub struct Group {
        /// Id, unique in the book.
        id: GroupId = "id",
        /// Name as it was written, unique in the book by its normalized form.
        name: String = "name",
        /// Name in lower case, without diacritics, words joined by `_`.
        normalized_name: String = "normalizedName",
        /// Nature of the accounts below, when all have the same.
        group_type: AccountType = "type",
        /// The group that this one is in.
        parent: Box<Group> = "parent",
        /// Whether the accounts below are credit by nature; absent when they differ.
        credit: bool = "credit",
        /// Whether the accounts below are permanent.
        permanent: bool = "permanent",
        /// Whether the accounts below differ in type.
        mixed: bool = "mixed",
        /// Whether accounts are directly inside.
        has_accounts: bool = "hasAccounts",
        /// Whether groups are directly inside.
        has_groups: bool = "hasGroups",
        /// Whether the group is hidden on the main menu.
        hidden: bool = "hidden",
        /// Whether the owner of the book locked the group.
        locked: bool = "locked",
        /// Custom properties.
        properties: TextMap = "properties",
        /// App that created the group.
        agent_id: AgentId = "agentId",
        /// When the group was created.
        created_at: TimestampMs = "createdAt",
        /// When the group was last changed.
        updated_at: TimestampMs = "updatedAt",
    }
}
