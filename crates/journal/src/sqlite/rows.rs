//! Values of the domain as columns, and back.

use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Type, ValueRef};

use bookhook_model::{
    ActKind, Actor, Cause, Delivery, DeliveryId, EventId, Fingerprint, HookName, LaneKey, Outcome,
    ReplayJobId, ReplayJobState, Response, Run, RunNumber, State,
};

/// Reads the columns of a row in the order of the SELECT, whatever it names them.
pub(super) struct Columns<'r, 's> {
    row: &'r Row<'s>,
    next: usize,
}

impl<'r, 's> Columns<'r, 's> {
    pub(super) fn of(row: &'r Row<'s>) -> Self {
        Self { row, next: 0 }
    }

    pub(super) fn next<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let at = self.next;
        self.next += 1;
        self.row.get(at)
    }

    /// A column that holds a value of the domain.
    pub(super) fn value<T>(&mut self) -> rusqlite::Result<T>
    where
        Column<T>: FromSql,
    {
        self.next::<Column<T>>().map(|column| column.0)
    }

    pub(super) fn optional<T>(&mut self) -> rusqlite::Result<Option<T>>
    where
        Column<T>: FromSql,
    {
        self.next::<Option<Column<T>>>().map(|column| column.map(|column| column.0))
    }
}

/// A value of the domain, as a column.
pub(super) struct Column<T>(pub(super) T);

/// Damage that is found above SQLite, in its words.
pub(super) fn damaged(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, Box::new(error))
}

/// Text that names nothing.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` names no {1}")]
struct NoSuch(String, &'static str);

fn other(error: impl std::error::Error + Send + Sync + 'static) -> FromSqlError {
    FromSqlError::Other(Box::new(error))
}

fn named<T>(
    value: ValueRef<'_>,
    all: &[T],
    name: fn(T) -> &'static str,
    kind: &'static str,
) -> FromSqlResult<T>
where
    T: Copy,
{
    let text = value.as_str()?;
    let found = all.iter().copied().find(|one| name(*one) == text);
    found.ok_or_else(|| other(NoSuch(text.to_owned(), kind)))
}

macro_rules! column {
    ($type:ty, $value:ident => $read:expr) => {
        impl FromSql for Column<$type> {
            fn column_result($value: ValueRef<'_>) -> FromSqlResult<Self> {
                Ok(Self($read))
            }
        }
    };
}

column!(Timestamp, value => Timestamp::from_microsecond(value.as_i64()?).map_err(other)?);
column!(DeliveryId, value => DeliveryId::from_bytes(<[u8; 16]>::column_result(value)?));
column!(Fingerprint, value => Fingerprint(<[u8; 16]>::column_result(value)?));
column!(HookName, value => value.as_str()?.parse().map_err(other)?);
column!(Actor, value => value.as_str()?.parse().map_err(other)?);
column!(EventId, value => EventId(value.as_str()?.into()));
column!(LaneKey, value => LaneKey(value.as_str()?.into()));
column!(Box<str>, value => value.as_str()?.into());
column!(Bytes, value => Bytes::copy_from_slice(value.as_blob()?));
column!(Response, value => Response::parse(Bytes::copy_from_slice(value.as_blob()?)).map_err(other)?);
column!(State, value => named(value, &State::ALL, State::as_str, "state")?);
column!(Outcome, value => named(value, &Outcome::ALL, Outcome::as_str, "outcome")?);
column!(Cause, value => named(value, &Cause::ALL, Cause::as_str, "cause")?);
column!(ActKind, value => named(value, &ActKind::ALL, ActKind::as_str, "act")?);
column!(ReplayJobId, value => ReplayJobId::from_bytes(<[u8; 16]>::column_result(value)?));
column!(ReplayJobState, value => named(value, &ReplayJobState::ALL, ReplayJobState::as_str, "state of a job")?);
column!(RunNumber, value => RunNumber(u32::column_result(value)?));

impl ToSql for Column<Timestamp> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_microsecond().into())
    }
}

/// The columns of a delivery, as `find_delivery` and `list_matching` select them; and its place in the
/// order of append.
pub(super) fn delivery(row: &Row<'_>) -> rusqlite::Result<(i64, Delivery)> {
    let mut columns = Columns::of(row);
    let seq = columns.next()?;
    let delivery = Delivery {
        id: columns.value()?,
        hook: columns.value()?,
        event_id: columns.optional()?,
        event_type: columns.value()?,
        lane: columns.optional()?,
        book_id: columns.optional()?,
        agent_id: columns.optional()?,
        user_id: columns.optional()?,
        state: columns.value()?,
        outcome: columns.optional()?,
        conflict: columns.next()?,
        received_at: columns.value()?,
        settled_at: columns.optional()?,
        answered: columns.next()?,
        parked_reason: columns.next()?,
        next_run_at: columns.optional()?,
        runs: None,
    };
    Ok((seq, delivery))
}

/// The columns of a run, as `list_runs` selects them.
pub(super) fn run(row: &Row<'_>) -> rusqlite::Result<Run> {
    let mut columns = Columns::of(row);
    Ok(Run {
        number: columns.value()?,
        cause: columns.value()?,
        started_at: columns.value()?,
        finished_at: columns.optional()?,
        handler_status: columns.next()?,
        response: columns.optional()?,
        error: columns.next()?,
    })
}

/// A column that counts something.
pub(super) fn count(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(at).map(|count| u64::try_from(count).unwrap_or_default())
}
