//! Handlers whose runs are noted.

use std::sync::Arc;

use anyhow::Context as _;
use bookhook::bkper_model::Decimal;
use bookhook::{Context, EventType, Hook, Response, Result};
use bookhook_testkit::{Gate, Runs};

/// The hook with this work for every type of event; its runs are noted.
pub(crate) fn handled<Work, Fut>(hook: Hook, runs: &Runs, work: Work) -> Hook
where
    Work: Fn(Context) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Response>> + Send + 'static,
{
    let work = Arc::new(work);
    EventType::ALL.iter().fold(hook, |hook, event_type| {
        let (runs, work) = (runs.clone(), Arc::clone(&work));
        hook.on(event_type.clone(), move |cx| {
            let (runs, work) = (runs.clone(), Arc::clone(&work));
            async move {
                let _running = runs.begin(&book_id(&cx), &event_id(&cx), cx.cause());
                work(cx).await
            }
        })
    })
}

/// The hook with a handler that notes its runs and answers with [`answer`].
pub(crate) fn prompt(hook: Hook, runs: &Runs) -> Hook {
    handled(hook, runs, async |cx| Ok(answer(&cx)))
}

/// The same, which waits at the gate first.
pub(crate) fn gated(hook: Hook, runs: &Runs, gate: &Gate) -> Hook {
    let gate = gate.clone();
    handled(hook, runs, move |cx| {
        let gate = gate.clone();
        async move {
            gate.pass().await;
            Ok(answer(&cx))
        }
    })
}

/// The event's type, and which run of it this is: `TRANSACTION_POSTED run 1`.
pub(crate) fn answer(cx: &Context) -> Response {
    let event_type = cx.event().unwrap().event_type.as_ref().unwrap();
    Response::result(format!("{event_type} run {}", cx.run().0))
}

/// Whether the app caused the event itself.
pub(crate) fn is_own(cx: &Context) -> bool {
    let agent = cx.event().unwrap().agent.as_ref().and_then(|agent| agent.id.as_ref());
    agent.is_some_and(|agent| agent.as_str() == cx.hook().as_str())
}

/// Drafts the tax on the event's transaction in its book.
pub(crate) async fn draft_tax(cx: Context) -> Result<Response> {
    let Some(sale) = cx.event()?.transaction() else { return Ok(Response::suppressed()) };
    let amount = sale.amount.as_ref().context("the sale has no amount")?;
    let tax = (amount.decimal()? / Decimal::from(5)).round_dp(2);
    let draft = cx.book().new_transaction().amount(tax).from("Product Sales").to("Output Tax");
    draft.description("#vat").draft().await?;
    Ok(Response::result(format!("TAX: {tax}")))
}

fn book_id(cx: &Context) -> String {
    cx.event().unwrap().book_id.as_ref().unwrap().to_string()
}

fn event_id(cx: &Context) -> String {
    cx.event().unwrap().id.as_ref().unwrap().to_string()
}
