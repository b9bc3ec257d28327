//! A database of its own for each test, on the server that `cargo xtask test` starts.

use std::path::PathBuf;

use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, NoTls};

use crate::line::Line;

/// The address of the server's first database; its user may make others.
const ADDRESS: &str = "BOOKHOOK_TEST_POSTGRES";
/// The certificate that the server shows.
const CERTIFICATE: &str = "BOOKHOOK_TEST_POSTGRES_CERTIFICATE";

/// The first of the numbers that no other test has; the session has it until it ends.
const TAKE_NUMBER: &str = "SELECT number::text FROM generate_series(1, 1000) AS number WHERE pg_try_advisory_lock(1, number) LIMIT 1";

/// A database without a journal, the test's own as long as this is there. To make and drop one takes the server many
/// syncs, so they are used again, by later tests of whatever program.
#[derive(Debug)]
pub struct Database {
    server: String,
    name: String,
    /// Who has its number.
    taken: Client,
}

impl Database {
    /// Takes one.
    pub async fn new() -> Self {
        let server = told(ADDRESS);
        let taken = connect(&server).await;
        let number: String = taken.query_one(TAKE_NUMBER, &[]).await.unwrap().get(0);
        let name = format!("test_{number}");
        if taken.query("SELECT FROM pg_database WHERE datname = $1", &[&name]).await.unwrap().is_empty() {
            taken.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        }
        let database = Self { server, name, taken };
        database.clear().await;
        database
    }

    /// Its address, as a host's configuration has it.
    pub fn address(&self) -> String {
        let (server, _) = self.server.rsplit_once('/').unwrap();
        format!("{server}/{}?sslmode=disable", self.name)
    }

    /// The same over this line.
    pub fn address_over(&self, line: &Line) -> String {
        let (before, rest) =
            self.address().rsplit_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let (_, database) = rest.split_once('/').unwrap();
        format!("{before}@{}/{database}", line.address())
    }

    /// A line to its server, which can be cut.
    pub async fn line(&self) -> Line {
        let config: Config = self.server.parse().unwrap();
        let (Host::Tcp(host), [port]) = (&config.get_hosts()[0], config.get_ports()) else {
            panic!("the server for the tests has an address")
        };
        Line::to(format!("{host}:{port}")).await
    }

    /// The certificate that its server shows.
    pub fn certificate(&self) -> PathBuf {
        told(CERTIFICATE).into()
    }

    /// A connection of the test's own.
    pub async fn connect(&self) -> Client {
        connect(&self.address()).await
    }

    /// Cuts every connection to it but the one that asks.
    pub async fn cut(&self) {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        self.connect().await.batch_execute(sql).await.unwrap();
    }

    /// Keeps a copy of it as it is now, while nobody is connected to it.
    pub async fn copy(&self) {
        let Self { taken, name, .. } = self;
        taken.batch_execute(&format!("DROP DATABASE IF EXISTS {name}_copy")).await.unwrap();
        taken.batch_execute(&format!("CREATE DATABASE {name}_copy TEMPLATE {name}")).await.unwrap();
    }

    /// The copy takes its place, as after a failover; whoever is connected is cut off.
    pub async fn fail_over(&self) {
        let Self { taken, name, .. } = self;
        taken.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
        taken.batch_execute(&format!("ALTER DATABASE {name}_copy RENAME TO {name}")).await.unwrap();
    }

    async fn clear(&self) {
        self.cut().await;
        let sql = "SET client_min_messages = warning; DROP SCHEMA IF EXISTS bookhook CASCADE";
        self.connect().await.batch_execute(sql).await.unwrap();
    }
}

async fn connect(address: &str) -> Client {
    let config: Config = address.parse().unwrap();
    let (client, connection) = config.connect(NoTls).await.unwrap();
    // It fails when the database is dropped, and the test knows.
    tokio::spawn(async move { drop(connection.await) });
    client
}

fn told(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!(
            "this test needs a PostgreSQL server, and {variable} names none: run `cargo xtask postgres cargo test …`, \
             or all tests with `cargo xtask test`"
        )
    })
}
