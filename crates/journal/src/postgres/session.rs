//! Connections to a database, how they are set up, and what is prepared on them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join;
use tokio::time::timeout;
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Connection, Error, Row, Socket, Statement};

use crate::error::OpenError;

use super::act::Fault;
use super::address::PostgresAddress;
use super::problem::{self, NoAnswer};
use super::queries;
use super::statements::Statements;
use super::tls::{Encrypted, Encryption};

/// So long may it take to reach the server, unless the address says otherwise.
const CONNECT_WAIT: Duration = Duration::from_secs(5);
/// A connection over which nothing comes back for so long is given up.
const SILENCE_MAX: Duration = Duration::from_secs(15);

/// For writing. Whoever waits for a lock this long may be in a deadlock with another host's group, and tries each of its
/// acts alone; a host that stops in the middle of a group holds nothing up for longer than this.
const WRITING: &str = "
    SET synchronous_commit = on;
    SET default_transaction_isolation = 'read committed';
    SET lock_timeout = '500ms';
    SET jit = off;
    SET idle_in_transaction_session_timeout = '5s';
    SET search_path = bookhook;
";

/// For reading. What filters leave out is planned away; and what is read is read in the order of an index, whatever the
/// server makes of its statistics. A plan that must do without is thought to be so dear that it would be compiled first,
/// which takes longer than any of these statements.
pub const READING: &str = "
    SET default_transaction_isolation = 'repeatable read';
    SET default_transaction_read_only = on;
    SET plan_cache_mode = force_custom_plan;
    SET enable_seqscan = off;
    SET enable_bitmapscan = off;
    SET enable_sort = off;
    SET jit = off;
    SET statement_timeout = '60s';
    SET search_path = bookhook;
";

/// A database, and how connections to it are made.
#[derive(Clone)]
pub(super) struct Database(Arc<Parts>);

struct Parts {
    address: PostgresAddress,
    encryption: Encryption,
}

impl Database {
    pub(super) fn at(address: &PostgresAddress) -> Result<Self, OpenError> {
        let encryption = Encryption::new(address.tls())?;
        Ok(Self(Arc::new(Parts { address: address.clone(), encryption })))
    }

    /// How messages call it.
    pub(super) fn address(&self) -> &PostgresAddress {
        &self.0.address
    }

    pub(super) async fn connect(&self) -> Result<Client, NoAnswer> {
        let (client, connection) = self.dial().await?;
        // Its end shows in what is asked of the client.
        tokio::spawn(async move { drop(connection.await) });
        Ok(client)
    }

    /// A connection that somebody else drives.
    pub(super) async fn dial(&self) -> Result<(Client, Connection<Socket, Encrypted<Socket>>), NoAnswer> {
        let Parts { address, encryption } = &*self.0;
        let mut config = address.config().clone();
        config.application_name("bookhook").tcp_user_timeout(SILENCE_MAX);
        let wait = config.get_connect_timeout().copied().unwrap_or(CONNECT_WAIT);
        if config.get_target_session_attrs() == TargetSessionAttrs::Any {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        // All of it, for a server may take the connection and say nothing.
        let connected = timeout(wait, config.connect(encryption.clone())).await;
        Ok(connected.map_err(|_| NoAnswer(None))??)
    }

    /// A connection for one who only reads.
    pub(super) async fn connect_for_reading(&self) -> Result<Client, NoAnswer> {
        let client = self.connect().await?;
        client.batch_execute(READING).await?;
        Ok(client)
    }

    pub(super) fn cannot_open(&self, error: impl Into<NoAnswer>) -> OpenError {
        problem::open(self.address(), error.into())
    }
}

/// A server, from one start to its next, and a database on it. Only there does the number of a transaction name that one:
/// a server that has crashed, or another in its place, hands out numbers again that were never written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server(String);

impl Server {
    async fn of(client: &Client) -> Result<Self, Error> {
        Ok(Self(client.query_one(queries::session_server, &[]).await?.try_get(0)?))
    }
}

/// A connection that writes, as this host.
pub(super) struct Session {
    client: Client,
    /// Where it goes.
    pub(super) server: Server,
    pub(super) statements: Statements,
    /// The host that it writes for, as long as a group lasts.
    pub(super) host: i64,
    /// Where it adds what it writes to the volume of all.
    pub(super) slot: i32,
}

impl Session {
    pub(super) async fn open(database: &Database, slot: i32) -> Result<Self, NoAnswer> {
        let client = database.connect().await?;
        client.batch_execute(WRITING).await?;
        let (statements, server) = try_join(Statements::prepare(&client), Server::of(&client)).await?;
        Ok(Self { client, server, statements, host: 0, slot })
    }

    pub(super) fn is_lost(&self) -> bool {
        self.client.is_closed()
    }

    pub(super) async fn command(&self, text: &str) -> Result<(), Error> {
        self.client.batch_execute(text).await
    }

    pub(super) async fn execute(
        &self,
        statement: &Statement,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Fault> {
        Ok(self.client.execute(statement, values).await?)
    }

    pub(super) async fn query(
        &self,
        statement: &Statement,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Fault> {
        Ok(self.client.query(statement, values).await?)
    }

    pub(super) async fn query_one(
        &self,
        statement: &Statement,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Row, Fault> {
        Ok(self.client.query_one(statement, values).await?)
    }

    pub(super) async fn query_opt(
        &self,
        statement: &Statement,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, Fault> {
        Ok(self.client.query_opt(statement, values).await?)
    }
}
