//! The app: a host for its events, and a function for each kind of event that it handles.

mod tax;
#[cfg(test)]
mod tests;

use bookhook::{EventType, Hook, Host, Result};

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt().with_ansi(false).init();
    Host::from_env()?.hook(tax_bot()?).serve().await
}

fn tax_bot() -> Result<Hook> {
    Ok(Hook::bkper("bkper.yaml")?.on(EventType::TransactionChecked, tax::draft_tax))
}
