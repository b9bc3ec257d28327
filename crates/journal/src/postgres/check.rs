//! Whether a journal in PostgreSQL is sound.

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row};

use bookhook_model::DeliveryId;

use crate::check::{Aspect, CheckError, Checked, Finding, NO_KEY, Verdict, verdict};
use crate::seal::KeyId;

use super::address::PostgresAddress;
use super::rows::Columns;
use super::session::Database;
use super::{migrate, problem, queries};

/// At one moment, however long it takes.
const BEGIN: &str = "SET statement_timeout = 0; BEGIN";

/// Checks the journal in this database, beside the hosts that may be running on it.
pub(crate) async fn check(address: &PostgresAddress, key: Option<KeyId>) -> Result<Checked, CheckError> {
    let database = Database::at(address)?;
    let client = database.connect_for_reading().await.map_err(|error| database.cannot_open(error))?;
    migrate::check_readable(&client, &database).await?;
    let checks = Checks { client, key };
    checks.all().await.map_err(|error| problem::read(address, error.into()).into())
}

struct Checks {
    client: Client,
    key: Option<KeyId>,
}

impl Checks {
    async fn all(&self) -> Result<Checked, Error> {
        self.client.batch_execute(BEGIN).await?;
        let mut verdicts = Vec::new();
        for aspect in Aspect::ALL {
            if let Some(verdict) = self.look_at(aspect).await? {
                verdicts.push((aspect, verdict));
            }
        }
        let row = self.client.query_one("SELECT count(*) FROM delivery", &[]).await?;
        Ok(Checked { deliveries: Some(Columns::of(&row).value()?), verdicts })
    }

    /// `None` of what the server looks after by itself.
    async fn look_at(&self, aspect: Aspect) -> Result<Option<Verdict>, Error> {
        let found = match aspect {
            Aspect::Pages | Aspect::Events => return Ok(None),
            Aspect::Payloads => self.find(queries::check_payloads, &[]).await,
            Aspect::Strays => self.find(queries::check_strays, &[]).await,
            Aspect::Runs => self.find(queries::check_runs, &[]).await,
            Aspect::OpenRuns => self.find(queries::check_open_runs, &[]).await,
            Aspect::Lanes => self.find(queries::check_lanes, &[]).await,
            Aspect::Tally => self.find(queries::check_tally, &[]).await,
            Aspect::Keys => match self.key {
                None => return Ok(Some(Verdict::Skipped(NO_KEY))),
                Some(key) => self.find(queries::check_keys, &[&key.as_bytes()]).await,
            },
        };
        found.map(|found| Some(verdict(found)))
    }

    async fn find(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Option<Finding>, Error> {
        self.client.query_opt(sql, values).await?.as_ref().map(finding).transpose()
    }
}

fn finding(row: &Row) -> Result<Finding, Error> {
    let is_id = row.columns().first().is_some_and(|column| *column.type_() == Type::BYTEA);
    let mut columns = Columns::of(row);
    let example = if is_id { columns.value::<DeliveryId>()?.to_string() } else { columns.next()? };
    Ok(Finding { count: columns.value()?, example })
}
