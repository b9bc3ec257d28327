//! The two apps of the demo, written in Rust: one computes a tax, the other takes its time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use bookhook::{Context, Response};
use rust_decimal::Decimal;
use tokio::sync::Semaphore;

pub(super) const TAX_BOT: &str = "sales-tax-bot";
pub(super) const REPORT_BOT: &str = "year-report-bot";

/// The app `sales-tax-bot`: 20 % of a transaction's amount, in the digits of its book.
#[derive(Debug, Default)]
pub(super) struct TaxBot {
    /// Which events ran, by book and in order.
    ran: Mutex<HashMap<String, Vec<String>>>,
    running: Mutex<HashMap<String, usize>>,
    overlaps: AtomicUsize,
}

impl TaxBot {
    /// The handler.
    pub(super) async fn tax(self: Arc<Self>, cx: Context) -> bookhook::Result<Response> {
        let event = cx.event()?;
        let book = event.book_id.as_ref().map(ToString::to_string).unwrap_or_default();
        let id = event.id.as_ref().map(ToString::to_string).unwrap_or_default();
        self.enters(&book, id);
        // Gives another run of the book the chance to overlap with this one, if the host would let it.
        tokio::task::yield_now().await;
        let response = tax_on(event);
        self.leaves(&book);
        response
    }

    /// Which events of the book ran, in order.
    pub(super) fn ran(&self, book: &str) -> Vec<String> {
        lock(&self.ran).get(book).cloned().unwrap_or_default()
    }

    /// How often a run began while another one of its book was going on.
    pub(super) fn overlaps(&self) -> usize {
        self.overlaps.load(Ordering::Relaxed)
    }

    fn enters(&self, book: &str, event: String) {
        lock(&self.ran).entry(book.to_owned()).or_default().push(event);
        let mut running = lock(&self.running);
        let running = running.entry(book.to_owned()).or_default();
        *running += 1;
        if *running > 1 {
            self.overlaps.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn leaves(&self, book: &str) {
        if let Some(running) = lock(&self.running).get_mut(book) {
            *running -= 1;
        }
    }
}

fn tax_on(event: &bookhook::bkper_model::Event) -> bookhook::Result<Response> {
    let transaction = event.transaction().context("the event has no transaction")?;
    transaction.debit_account.as_ref().context("the draft has no debit account yet")?;
    let amount = transaction.amount.as_ref().context("the draft has no amount yet")?.decimal()?;
    let digits = event.book.as_ref().and_then(|book| book.fraction_digits).unwrap_or(2);
    let tax = (amount * Decimal::new(20, 2)).round_dp(digits);
    Ok(Response::result(format!("TAX: {tax}")))
}

/// The app `year-report-bot`: it answers when it is told to.
#[derive(Debug)]
pub(super) struct ReportBot {
    gate: Semaphore,
    runs: AtomicUsize,
}

impl Default for ReportBot {
    fn default() -> Self {
        Self { gate: Semaphore::new(0), runs: AtomicUsize::new(0) }
    }
}

impl ReportBot {
    /// The handler.
    pub(super) async fn report(self: Arc<Self>, _: Context) -> bookhook::Result<Response> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        let _done = self.gate.acquire().await?;
        Ok(Response::result("Report of the year is done"))
    }

    /// Lets it answer, from now on at once.
    pub(super) fn open(&self) {
        self.gate.add_permits(1);
    }

    /// How often it ran.
    pub(super) fn runs(&self) -> usize {
        self.runs.load(Ordering::Relaxed)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
