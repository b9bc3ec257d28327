//! The burst: sales in several books at once, with deliveries that come twice and a forged call among them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Context;
use bookhook::bkper_model::{Decimal, Transaction};
use bookhook::{BookHandle, EventType};
use bookhook_sandbox::{Delivery, DeliveryFaults, Faults, Times};
use futures_util::future::{join_all, try_join_all};

use super::apps::{TAX_BOT, TAX_OF, tax_in};
use super::claims::expect;
use super::ledger::{PRODUCT_SALES, drafts, sale};
use super::stage::{MIA, Stage, install};
use super::story::{Line, Step};
use super::witness::Witness;
use crate::time::show_duration;

/// Each is a copy of the company's book.
const SHOPS: [&str; 4] = ["Airport Shop", "Harbor Shop", "Market Shop", "Station Shop"];
/// Of each shop.
const SALES: usize = 100;
const BATCH: usize = 25;
/// Each sale is one, and each draft of its tax.
const EVENTS: usize = 2 * SHOPS.len() * SALES;
/// So many events are sent twice, as happens when networks fail.
const TWICE: u32 = 5;
/// In percent, as the company's accounts say.
const RATE: u32 = 20;

/// What came of it.
pub(super) struct Burst {
    pub(super) step: Step,
    pub(super) shops: Vec<BookHandle>,
    pub(super) sales: usize,
    pub(super) events: usize,
    pub(super) per_second: f64,
    pub(super) half_within: Duration,
    pub(super) most_within: Duration,
}

/// Sells, and checks that each sale was taxed once.
pub(super) async fn sell(stage: &Stage) -> anyhow::Result<Burst> {
    let shops = try_join_all(SHOPS.map(|name| open(stage, name))).await?;
    stage.sandbox.settled().await;
    let deliveries = DeliveryFaults { duplicate: Times::Next(TWICE), ..DeliveryFaults::default() };
    stage.sandbox.set_faults(Faults { deliveries, ..Faults::default() });
    let mut witness = Witness::of(&stage.sandbox);
    let start = Instant::now();
    let (sold, forged) = tokio::join!(join_all(shops.iter().map(sell_in)), forged(stage));
    stage.sandbox.settled().await;
    let elapsed = start.elapsed();
    forged?;
    for (shop, sold) in shops.iter().zip(sold) {
        check(shop, &sold?).await?;
    }
    expect("runs of a book that overlapped", &0, &stage.tax.overlaps())?;
    let answered = witness.sees_answered(EVENTS + TWICE as usize).await?;
    Ok(told(shops, &answered, elapsed))
}

/// A new book like the company's, without its past.
async fn open(stage: &Stage, name: &str) -> anyhow::Result<BookHandle> {
    let shop = stage.mia.book(stage.book.copy(name).await?);
    install(TAX_BOT, &shop).await?;
    Ok(shop)
}

/// Posts and checks the sales of a shop, batch by batch.
async fn sell_in(shop: &BookHandle) -> anyhow::Result<Vec<Transaction>> {
    let mut sold = Vec::new();
    for batch in 0..SALES / BATCH {
        let amounts = (1..=BATCH).map(|at| format!("{}.{:02}", 10 + batch * BATCH + at, at * 3));
        let sales = amounts.map(|amount| sale(shop, &amount, PRODUCT_SALES).build()).collect();
        let sales = shop.create_transactions(sales).await?;
        shop.check_transactions(&sales).await?;
        sold.extend(sales);
    }
    Ok(sold)
}

/// One attack among them.
async fn forged(stage: &Stage) -> anyhow::Result<()> {
    let event = stage.forged_event(&EventType::TransactionChecked);
    let reply = stage.call(&event, &stage.stranger.sign(&stage.good_claims())).await?;
    expect("the status of a forged call in the burst", &401, &reply.status)
}

/// Every sale has its tax, once, and nothing else has one.
async fn check(shop: &BookHandle, sold: &[Transaction]) -> anyhow::Result<()> {
    let due = |sale: &Transaction| {
        let id = sale.id.as_ref().context("a sale has an id")?.to_string();
        anyhow::Ok((id, tax_in(sale, Decimal::from(RATE), 2)?))
    };
    let due: BTreeMap<_, _> = sold.iter().map(due).collect::<Result<_, _>>()?;
    let mut drafted = BTreeMap::new();
    for draft in drafts(shop).await? {
        let sale = draft.property(TAX_OF).context("a draft tells its sale")?.to_owned();
        let amount = draft.amount.as_ref().context("a draft has an amount")?.decimal()?;
        anyhow::ensure!(drafted.insert(sale, amount).is_none(), "a sale was taxed twice");
    }
    expect("the taxes of a shop", &due, &drafted)?;
    expect("sales of a shop", &SALES, &due.len())?;
    expect("errors in a shop", &0, &shop.events().with_errors().all().await?.len())
}

fn told(shops: Vec<BookHandle>, answered: &[Delivery], elapsed: Duration) -> Burst {
    let (sales, events) = (SHOPS.len() * SALES, EVENTS);
    let mut took: Vec<_> = answered.iter().map(|delivery| delivery.took).collect();
    took.sort_unstable();
    let at = |percent: usize| took.get(took.len() * percent / 100).copied().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a rate is shown in a few digits")]
    let per_second = events as f64 / elapsed.as_secs_f64();
    let (half_within, most_within) = (at(50), at(99));
    let step = Step {
        title: "Everything at once",
        lines: vec![
            Line::did(
                MIA,
                format!("posts and checks {sales} sales in {} new shops, in batches of {BATCH}", SHOPS.len()),
            ),
            Line::Noted(format!(
                "{events} events, the sales and the drafts; {TWICE} come twice, and a forged one is among them"
            )),
            Line::Ledger(format!("{sales} drafts of a tax: one for each sale, of its amount")),
        ],
        because: format!(
            "all of it took {}: half of the events were answered within {}, 99 % within {};\n\
             books went side by side, and within a book no two handlers overlapped",
            show_duration(elapsed),
            show_duration(half_within),
            show_duration(most_within),
        ),
    };
    Burst { step, shops, sales, events, per_second, half_within, most_within }
}
