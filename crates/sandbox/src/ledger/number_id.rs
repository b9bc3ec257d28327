//! Ids of accounts, groups, saved queries and integrations: 64 bit integers, which the API writes as text.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};

macro_rules! number_ids {
    ($($(#[$about:meta])* $name:ident as $wire:ident,)*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub(crate) struct $name(pub(crate) i64);

        impl $name {
            /// The id with this text; a text that is no number is no id.
            pub(crate) fn parse(text: &str) -> Option<Self> {
                text.parse().ok().map(Self)
            }

            pub(crate) fn shown(self) -> bkper_model::$wire {
                bkper_model::$wire::new(self.0.to_string())
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                self.0.to_sql()
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                i64::column_result(value).map(Self)
            }
        }
    )*};
}

number_ids! {
    /// Id of an account.
    AccountId as AccountId,
    /// Id of a group of accounts.
    GroupId as GroupId,
    /// Id of a saved query.
    QueryId as QueryId,
    /// Id of an integration.
    IntegrationId as IntegrationId,
}
