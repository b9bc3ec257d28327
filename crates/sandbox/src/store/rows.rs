//! Rows that hold a resource as JSON.

use bkper_model::{Amount, AmountError, Decimal};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Params, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The resource in the first column of the first row, if there is one.
pub(crate) fn one<T: DeserializeOwned>(
    db: &Connection,
    sql: &str,
    params: impl Params,
) -> rusqlite::Result<Option<T>> {
    db.prepare_cached(sql)?.query_row(params, doc).optional()
}

/// The resources in the first column of all rows.
pub(crate) fn all<T: DeserializeOwned>(
    db: &Connection,
    sql: &str,
    params: impl Params,
) -> rusqlite::Result<Vec<T>> {
    db.prepare_cached(sql)?.query_map(params, doc)?.collect()
}

/// The resource in the first column.
pub(crate) fn doc<T: DeserializeOwned>(row: &Row<'_>) -> rusqlite::Result<T> {
    read(row.get_ref(0)?.as_str()?)
}

/// The decimal number that stands as text in this column.
pub(crate) fn decimal(row: &Row<'_>, column: usize) -> rusqlite::Result<Decimal> {
    let text = row.get_ref(column)?.as_str()?;
    let unreadable =
        |error: AmountError| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into());
    Amount::from(text).decimal().map_err(unreadable)
}

/// The resource that a row holds.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into()))
}

/// A resource as it stands in `doc`.
pub(crate) fn json(resource: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(resource).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}
