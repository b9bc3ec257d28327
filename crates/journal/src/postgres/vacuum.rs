//! What was removed makes room for what comes: until the server has seen to that, it is in its files as it was.

use std::error::Error;
use std::future::poll_fn;
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::AsyncMessage;
use tracing::warn;

use super::problem::{self, NoAnswer};
use super::session::Database;
use super::thread;

/// So long it is waited for. The server goes on with it, and does the same by itself some time later.
const WAIT: Duration = Duration::from_mins(1);

/// Alone in its text, for it must not be in a transaction.
const VACUUM: &str = "VACUUM bookhook.delivery, bookhook.payload, bookhook.run";

/// Asks the server for it. What is in the way of that is told in the log.
pub(super) async fn vacuum(database: Database) {
    let asked = thread::once(async move || match timeout(WAIT, ask(&database)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            let error: &(dyn Error + 'static) = &problem::write(database.address(), error);
            warn!(error, "what was erased is not vacuumed: its bytes stay in the server's files until it is");
        }
        Err(_) => warn!(
            "vacuuming what was erased takes long: its bytes stay in the server's files until it is done"
        ),
    });
    if let Err(error) = asked.await {
        warn!(%error, "what was erased is not vacuumed: its bytes stay in the server's files until it is");
    }
}

async fn ask(database: &Database) -> Result<(), NoAnswer> {
    let (client, mut connection) = database.dial().await?;
    tokio::spawn(async move {
        while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
            // A table that this user may not vacuum is passed over, which is no error to the server.
            if let AsyncMessage::Notice(notice) = message {
                warn!(
                    "{}: what was erased stays in the server's files until it is vacuumed",
                    notice.message()
                );
            }
        }
    });
    Ok(client.batch_execute(VACUUM).await?)
}
