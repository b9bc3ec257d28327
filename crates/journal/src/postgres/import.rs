//! Fills an empty journal with a copy of another, in one transaction.

use std::error::Error as StdError;
use std::pin::Pin;

use bytes::BytesMut;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Error};

use crate::copy::{Cell, CopyError, Kind, States, Table};
use crate::texts;

use super::address::PostgresAddress;
use super::session::Database;
use super::{migrate, queries};

/// Nobody enters or writes anything until the end. Whoever looks, sees what was there before.
const BEGIN: &str = "
    SET search_path = bookhook;
    SET lock_timeout = '10s';
    BEGIN;
    LOCK TABLE host, delivery IN SHARE ROW EXCLUSIVE MODE;
    SET LOCAL bookhook.counts_itself = on;
";

/// So that the first to ask need not wait until the server has come round to it.
const ANALYZE: &str = "ANALYZE delivery, payload, run";

/// A transaction that fills a journal. Dropped before [`Self::finish`], it leaves nothing.
pub(crate) struct Import {
    client: Client,
    journal: String,
    host: i64,
}

impl Import {
    /// Makes or migrates the journal, which must be empty and without hosts.
    pub(crate) async fn begin(address: &PostgresAddress) -> Result<Self, CopyError> {
        let database = Database::at(address)?;
        let client = database.connect().await.map_err(|error| database.cannot_open(error))?;
        migrate::run(&client, &database).await?;
        let journal = database.address().to_string();
        let mut import = Self { client, journal, host: 0 };
        import.client.batch_execute(BEGIN).await.map_err(|error| import.failed(error))?;
        let (runs, is_empty) = import.standing().await.map_err(|error| import.failed(error))?;
        match (runs, is_empty) {
            (true, _) => Err(CopyError::HostRuns { journal: import.journal }),
            (false, false) => Err(CopyError::NotEmpty { journal: import.journal }),
            (false, true) => {
                import.host = import.gone_host().await.map_err(|error| import.failed(error))?;
                Ok(import)
            }
        }
    }

    /// The host that what is unsettled is left by.
    pub(crate) fn host(&self) -> i64 {
        self.host
    }

    /// Whether a host runs, and whether the journal is empty.
    async fn standing(&self) -> Result<(bool, bool), Error> {
        let row = self.client.query_one(queries::copy_find_standing, &[]).await?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    }

    async fn gone_host(&self) -> Result<i64, Error> {
        self.client.query_one(queries::copy_insert_host, &[]).await?.try_get(0)
    }

    /// Begins with a table.
    pub(crate) async fn table(&self, table: &Table) -> Result<TableImport<'_>, CopyError> {
        let sink = self.client.copy_in(&table.copy_in()).await.map_err(|error| self.failed(error))?;
        let types: Vec<_> = table.columns.iter().map(|column| type_of(column.kind)).collect();
        Ok(TableImport { import: self, writer: Box::pin(BinaryCopyInWriter::new(sink, &types)) })
    }

    /// Compares what was sent with what arrived.
    pub(crate) fn expect(&self, table: &'static str, sent: u64, arrived: u64) -> Result<(), CopyError> {
        if sent == arrived {
            return Ok(());
        }
        Err(CopyError::Differs { journal: self.journal.clone(), table, sent, arrived })
    }

    /// Looks whether all of it is there, and makes it last.
    pub(crate) async fn finish(self, sent: &States, last_removed: i64) -> Result<(), CopyError> {
        let arrived = self.states().await.map_err(|error| self.failed(error))?;
        for (state, count) in sent {
            self.expect("delivery", *count, arrived.get(state).copied().unwrap_or_default())?;
        }
        self.count_on(last_removed).await.map_err(|error| self.failed(error))
    }

    async fn states(&self) -> Result<States, Error> {
        let rows = self.client.query(queries::copy_count_states, &[]).await?;
        rows.iter()
            .map(|row| {
                let count: i64 = row.try_get(1)?;
                Ok((row.try_get(0)?, u64::try_from(count).unwrap_or_default()))
            })
            .collect()
    }

    async fn count_on(&self, last_removed: i64) -> Result<(), Error> {
        self.client.execute(queries::copy_number_deliveries, &[&last_removed]).await?;
        self.client.execute(queries::copy_number_acts, &[]).await?;
        self.client.execute(queries::copy_sum_volume, &[]).await?;
        self.client.execute(queries::copy_count_by_hook, &[]).await?;
        self.client.batch_execute(ANALYZE).await?;
        self.client.batch_execute("COMMIT").await
    }

    fn failed(&self, source: Error) -> CopyError {
        CopyError::Write { journal: self.journal.clone(), source }
    }
}

/// A table that is being filled.
pub(crate) struct TableImport<'i> {
    import: &'i Import,
    writer: Pin<Box<BinaryCopyInWriter>>,
}

impl TableImport<'_> {
    pub(crate) async fn write(&mut self, row: &[Cell]) -> Result<(), CopyError> {
        self.writer.as_mut().write_raw(row).await.map_err(|error| self.import.failed(error))
    }

    /// Gives how many rows the server took.
    pub(crate) async fn finish(mut self) -> Result<u64, CopyError> {
        self.writer.as_mut().finish().await.map_err(|error| self.import.failed(error))
    }
}

fn type_of(kind: Kind) -> Type {
    match kind {
        Kind::Flag => Type::BOOL,
        Kind::Small => Type::INT4,
        Kind::Number => Type::INT8,
        Kind::Text => Type::TEXT,
        Kind::Bytes => Type::BYTEA,
    }
}

impl ToSql for Cell {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Number(number) if *ty == Type::BOOL => (*number != 0).to_sql(ty, out),
            Self::Number(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Self::Number(number) => number.to_sql(ty, out),
            // What is known of an event is looked up by a key, not by this text.
            Self::Text(text) => texts::keepable(text.clone()).to_sql(ty, out),
            Self::Bytes(bytes) => bytes.to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::BOOL, Type::INT4, Type::INT8, Type::TEXT, Type::BYTEA].contains(ty)
    }

    to_sql_checked!();
}
