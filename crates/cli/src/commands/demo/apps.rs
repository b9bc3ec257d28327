//! The two apps of the demo, written in Rust: one drafts the tax on sales, the other takes its time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use bookhook::bkper_model::{Account, Decimal, Transaction};
use bookhook::{Context, Response};
use tokio::sync::Semaphore;

use super::ledger::OUTPUT_TAX;

pub(super) const TAX_BOT: &str = "sales-tax-bot";
pub(super) const REPORT_BOT: &str = "year-report-bot";

/// The property of an account with the rate of the tax that is included in its sales, in percent.
pub(super) const RATE: &str = "tax_included_rate";
/// The property of a draft with the id of the sale that it is about.
pub(super) const TAX_OF: &str = "tax_of";

/// The app `sales-tax-bot`: it drafts the tax that is included in a sale.
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
        let response = draft_tax(&cx).await;
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

async fn draft_tax(cx: &Context) -> bookhook::Result<Response> {
    let event = cx.event()?;
    let sale = event.transaction().context("the event has no transaction")?;
    let account = sale.credit_account.as_ref().context("the transaction comes from no account")?;
    let rate = rate(cx, account).await?;
    let digits = event.book.as_ref().and_then(|book| book.fraction_digits).unwrap_or(2);
    let tax = tax_in(sale, rate, digits)?;
    let draft = cx.book().new_transaction().amount(tax).from(OUTPUT_TAX).to(account);
    let draft = match sale.date {
        Some(date) => draft.date(date),
        None => draft,
    };
    let sale = sale.id.as_ref().context("the transaction has no id")?;
    draft.description("#vat").property(TAX_OF, sale.as_str()).draft().await?;
    Ok(Response::result(format!("TAX: {tax}")))
}

/// The rate that the account had when the event happened, or that it has by now.
async fn rate(cx: &Context, account: &Account) -> bookhook::Result<Decimal> {
    let name = account.name.as_deref().unwrap_or("the account");
    let rate = match account.property(RATE) {
        Some(rate) => Some(rate.to_owned()),
        None => cx.book().account(account).get().await?.property(RATE).map(str::to_owned),
    };
    let rate = rate.with_context(|| format!("{name} has no {RATE}"))?;
    rate.parse().with_context(|| format!("the {RATE} of {name} is no number"))
}

/// The tax of this rate that is included in the amount of the sale.
pub(super) fn tax_in(sale: &Transaction, rate: Decimal, digits: u32) -> bookhook::Result<Decimal> {
    let amount = sale.amount.as_ref().context("the transaction has no amount")?.decimal()?;
    let mut tax = amount * rate / (Decimal::ONE_HUNDRED + rate);
    // Rounds half up, as taxes are.
    tax.rescale(digits);
    Ok(tax)
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
