//! What only a database can be asked for: several hosts, lost connections, encryption.

mod connections;
mod doubt;
mod erasing;
mod finding;
mod hosts;
mod opening;
mod races;
mod statements;

use std::time::Duration;

use bookhook_journal::{Journal, Membership, SealingKey};
use bookhook_testkit::Database;

/// The key that all hosts have.
fn key() -> SealingKey {
    SealingKey::from_bytes([42; 32])
}

/// A host, with so long a lease.
async fn host(address: &str, lease: Duration) -> Journal {
    let membership = Membership { name: "test".to_owned(), lease };
    Journal::open_as(&address.parse().unwrap(), Some(key()), membership).await.unwrap()
}

/// One that nobody takes for dead within a test.
async fn lasting_host(database: &Database) -> Journal {
    host(&database.address(), Duration::from_mins(10)).await
}
