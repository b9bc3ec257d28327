//! What kind of account an account is.

use bkper_model as wire;
use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};

/// The type of an account, which tells its sign and whether its balance goes on from period to period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Nature {
    Asset,
    Liability,
    Incoming,
    Outgoing,
}

impl Nature {
    const ALL: [Self; 4] = [Self::Asset, Self::Liability, Self::Incoming, Self::Outgoing];

    pub(crate) fn is_credit(self) -> bool {
        matches!(self, Self::Liability | Self::Incoming)
    }

    pub(crate) fn is_permanent(self) -> bool {
        matches!(self, Self::Asset | Self::Liability)
    }

    pub(crate) fn shown(self) -> wire::AccountType {
        match self {
            Self::Asset => wire::AccountType::Asset,
            Self::Liability => wire::AccountType::Liability,
            Self::Incoming => wire::AccountType::Incoming,
            Self::Outgoing => wire::AccountType::Outgoing,
        }
    }

    /// The nature that a client names. Requests with unknown ones are refused before.
    pub(crate) fn given(account_type: &wire::AccountType) -> Option<Self> {
        Self::ALL.into_iter().find(|nature| nature.shown() == *account_type)
    }
}

impl ToSql for Nature {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.shown().to_string().into())
    }
}

impl FromSql for Nature {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::given(&value.as_str()?.into()).ok_or(FromSqlError::InvalidType)
    }
}
