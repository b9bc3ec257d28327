//! The app: a host for its events, and for each event that it handles a function.

mod tax;
#[cfg(test)]
mod tests;

use bookhook::{EventType, Hook, Host, Result};

#[tokio::main]
async fn main() -> Result<()> {
    let tax_bot = Hook::bkper("bkper.yaml")?.on(EventType::TransactionChecked, tax::draft_tax);
    Host::from_env()?.hook(tax_bot).serve().await
}
