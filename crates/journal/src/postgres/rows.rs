//! Values of the domain as columns, and back.

use std::error::Error as StdError;
use std::num::NonZeroU32;

use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Error, Row};

use bookhook_model::{
    ActKind, Actor, Cause, Delivery, DeliveryId, EventId, Filter, Fingerprint, Header, HookName, LaneKey,
    Outcome, ReplayJobId, ReplayJobState, Response, Run, RunNumber, State,
};

use crate::headers;

type Mismatch = Box<dyn StdError + Sync + Send>;

/// Reads the columns of a row in the order of the SELECT, whatever it names them.
pub(super) struct Columns<'r> {
    row: &'r Row,
    next: usize,
}

impl<'r> Columns<'r> {
    pub(super) fn of(row: &'r Row) -> Self {
        Self { row, next: 0 }
    }

    pub(super) fn next<T: FromSql<'r>>(&mut self) -> Result<T, Error> {
        let at = self.next;
        self.next += 1;
        self.row.try_get(at)
    }

    /// A column that holds a value of the domain.
    pub(super) fn value<T>(&mut self) -> Result<T, Error>
    where
        Column<T>: FromSql<'r>,
    {
        self.next::<Column<T>>().map(|column| column.0)
    }

    pub(super) fn optional<T>(&mut self) -> Result<Option<T>, Error>
    where
        Column<T>: FromSql<'r>,
    {
        self.next::<Option<Column<T>>>().map(|column| column.map(|column| column.0))
    }
}

/// A value of the domain, as a column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column<T>(pub(super) T);

/// Text that names nothing.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` names no {1}")]
struct NoSuch(String, &'static str);

fn named<T: Copy>(
    text: &str,
    all: &[T],
    name: fn(T) -> &'static str,
    kind: &'static str,
) -> Result<T, Mismatch> {
    let found = all.iter().copied().find(|one| name(*one) == text);
    found.ok_or_else(|| NoSuch(text.to_owned(), kind).into())
}

macro_rules! column {
    ($type:ty, $stored:ty, $value:ident => $read:expr) => {
        impl<'a> FromSql<'a> for Column<$type> {
            fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Mismatch> {
                let $value = <$stored as FromSql<'_>>::from_sql(ty, raw)?;
                Ok(Self($read))
            }

            fn accepts(ty: &Type) -> bool {
                <$stored as FromSql<'_>>::accepts(ty)
            }
        }
    };
}

column!(Timestamp, i64, value => Timestamp::from_microsecond(value)?);
column!(DeliveryId, &[u8], value => DeliveryId::from_bytes(value.try_into()?));
column!(Fingerprint, &[u8], value => Fingerprint(value.try_into()?));
column!(HookName, &str, value => value.parse()?);
column!(EventId, &str, value => EventId(value.into()));
column!(LaneKey, &str, value => LaneKey(value.into()));
column!(Box<str>, &str, value => value.into());
column!(Bytes, &[u8], value => Bytes::copy_from_slice(value));
column!(Response, &[u8], value => Response::parse(Bytes::copy_from_slice(value))?);
column!(State, &str, value => named(value, &State::ALL, State::as_str, "state")?);
column!(Outcome, &str, value => named(value, &Outcome::ALL, Outcome::as_str, "outcome")?);
column!(Cause, &str, value => named(value, &Cause::ALL, Cause::as_str, "cause")?);
column!(RunNumber, i32, value => RunNumber(value.try_into()?));
column!(Actor, &str, value => value.parse()?);
column!(ActKind, &str, value => named(value, &ActKind::ALL, ActKind::as_str, "act")?);
column!(ReplayJobId, &[u8], value => ReplayJobId::from_bytes(value.try_into()?));
column!(ReplayJobState, &str, value => named(value, &ReplayJobState::ALL, ReplayJobState::as_str, "state of a job")?);
column!(Filter, &str, value => serde_json::from_str(value)?);
column!(NonZeroU32, i32, value => NonZeroU32::try_from(u32::try_from(value)?)?);
column!(Vec<Header>, &[u8], value => headers::decode(value)?);
column!(u16, i32, value => value.try_into()?);
column!(u32, i32, value => value.try_into()?);
column!(u64, i64, value => value.try_into()?);

macro_rules! as_column {
    ($type:ty, $stored:ty, $value:ident => $write:expr) => {
        impl ToSql for Column<$type> {
            fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Mismatch> {
                let $value = &self.0;
                $write.to_sql(ty, out)
            }

            fn accepts(ty: &Type) -> bool {
                <$stored as ToSql>::accepts(ty)
            }

            to_sql_checked!();
        }
    };
}

as_column!(Timestamp, i64, value => value.as_microsecond());
as_column!(DeliveryId, &[u8], value => value.to_bytes().as_slice());
as_column!(RunNumber, i32, value => i32::try_from(value.0)?);
as_column!(ReplayJobId, &[u8], value => value.to_bytes().as_slice());
as_column!(u32, i32, value => i32::try_from(*value)?);
as_column!(u16, i32, value => i32::from(*value));

/// The columns of a delivery, as `find_delivery` and `list_matching` select them; and its place in the
/// order of append.
pub(super) fn delivery(row: &Row) -> Result<(i64, Delivery), Error> {
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
        answered: columns.optional()?,
        parked_reason: columns.next()?,
        next_run_at: columns.optional()?,
        runs: None,
    };
    Ok((seq, delivery))
}

/// The columns of a run, as `list_runs` selects them.
pub(super) fn run(row: &Row) -> Result<Run, Error> {
    let mut columns = Columns::of(row);
    Ok(Run {
        number: columns.value()?,
        cause: columns.value()?,
        started_at: columns.value()?,
        finished_at: columns.optional()?,
        handler_status: columns.optional()?,
        response: columns.optional()?,
        error: columns.next()?,
    })
}
