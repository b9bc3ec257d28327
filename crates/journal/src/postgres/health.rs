//! Whether the database can be written, and telling it: once when it cannot, and once when it can again.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};

use super::address::PostgresAddress;

#[derive(Debug)]
pub(super) struct Health {
    address: PostgresAddress,
    good: AtomicBool,
}

impl Health {
    pub(super) fn new(address: PostgresAddress) -> Self {
        Self { address, good: AtomicBool::new(true) }
    }

    pub(super) fn is_good(&self) -> bool {
        self.good.load(Ordering::Relaxed)
    }

    pub(super) fn is_well(&self) {
        if !self.is_good() && !self.good.swap(true, Ordering::Relaxed) {
            tracing::info!(journal = %self.address, "the journal can be written again");
        }
    }

    pub(super) fn is_ill(&self, error: &(dyn Error + 'static)) {
        if self.good.swap(false, Ordering::Relaxed) {
            tracing::error!(journal = %self.address, error, "the journal cannot be written");
        }
    }
}
