//! The PostgreSQL server of a run: a database in it for each measurement.

use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Where the server is, as `cargo xtask postgres` tells it: the address of a database whose user may make others.
const ADDRESS: &str = "BOOKHOOK_TEST_POSTGRES";

/// A server to make databases in.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    address: String,
}

impl Server {
    /// `None` when no server was told, or nothing here speaks to one.
    pub(crate) fn find() -> Option<Self> {
        let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
        let address = std::env::var(ADDRESS).ok().filter(|address| !address.is_empty())?;
        (has("psql") && has("pgbench")).then_some(Self { address })
    }

    /// As the server says it.
    pub(crate) fn version(&self) -> Result<String> {
        self.ask("SHOW server_version")
    }

    /// A new database.
    pub(crate) fn create(&self) -> Result<Database> {
        let id = std::process::id();
        let nanos = jiff::Timestamp::now().as_nanosecond();
        let name = format!("bench_{id}_{nanos}");
        self.ask(&format!("CREATE DATABASE {name}"))?;
        Ok(Database { server: self.clone(), name })
    }

    fn ask(&self, sql: &str) -> Result<String> {
        let output = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--command", sql])
            .arg(&self.address)
            .output()
            .context("cannot run psql")?;
        ensure!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr).trim());
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// A database, gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Database {
    server: Server,
    name: String,
}

impl Database {
    /// Its address, as a configuration has it.
    pub(crate) fn url(&self) -> String {
        let server = &self.server.address;
        let (server, parameters) = server.split_once('?').unwrap_or((server, ""));
        let server = server.rsplit_once('/').map_or(server, |(server, _)| server);
        let question = if parameters.is_empty() { "" } else { "?" };
        format!("{server}/{}{question}{parameters}", self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Err(error) = self.server.ask(&format!("DROP DATABASE {} WITH (FORCE)", self.name)) {
            eprintln!("a database is left behind: {error:#}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_at_the_address_of_its_server() {
        let url = |address: &str| {
            let server = Server { address: address.to_owned() };
            // Not dropped: there is no such server.
            std::mem::ManuallyDrop::new(Database { server, name: "bench_1".to_owned() }).url()
        };
        assert_eq!(url("postgres://u:p@h:1/postgres"), "postgres://u:p@h:1/bench_1");
        assert_eq!(url("postgres://u@h/a?sslmode=disable"), "postgres://u@h/bench_1?sslmode=disable");
    }
}
