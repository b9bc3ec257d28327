//! `bookhook activity`: what happened, read from the journal while a host runs on it.

mod explain;
mod follow;

use std::time::{Duration, Instant};

use bookhook::journal::Reader;
use bookhook::model::{Delivery, Filter};

use crate::args::{ActivityArgs, ActivityCommand, HostArgs, ListArgs, LookArgs, OneArgs};
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::printer::Printer;
use crate::time::Here;
use crate::view::{self, Layout, Row};
use crate::{example, inert, journal};

const LIMIT: usize = 50;
const LIMIT_BEFORE_FOLLOWING: usize = 10;
const PAGE: usize = 500;
/// So long a list may take until it is said that it goes on.
const PATIENCE: Duration = Duration::from_secs(1);

/// The list, or one delivery.
pub(crate) async fn activity(args: ActivityArgs, printer: Printer) -> Outcome {
    let ActivityArgs { one, look, list } = args;
    if one.is_some() && list != ListArgs::default() {
        let error =
            anyhow::anyhow!("`show` and `payload` are of one delivery: leave out what limits the list");
        return Err(Complaint::misused(error));
    }
    match one {
        Some(ActivityCommand::Show(one)) => show(&one, &look, printer).await,
        Some(ActivityCommand::Payload(one)) => payload(&one, &look, printer).await,
        None => self::list(list, &look, printer).await,
    }
}

/// The newest deliveries, the newest last; and then what comes, if that was asked for.
async fn list(args: ListArgs, look: &LookArgs, printer: Printer) -> Outcome {
    if let Some(id) = &args.explain {
        let host = HostArgs { url: args.url, config: look.journal.config.clone() };
        return explain::explain(id, &host, look.json, printer).await;
    }
    let reader = journal::open(&look.journal).await?;
    let filter = Filter::from(args.filter);
    let default = if args.follow { LIMIT_BEFORE_FOLLOWING } else { LIMIT };
    let limit = args.limit.map_or(default, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let start = if args.follow { Some(follow::Start::of(&reader).await?) } else { None };
    let newest = newest(&reader, &filter, limit, printer).await?;
    if newest.is_empty() {
        printer.aside("no deliveries");
        suggest_type(&filter, printer);
    }
    let lines = if look.json {
        Lines::Json
    } else {
        let rows = rows(&reader, &newest).await?;
        let layout = if args.follow { Layout::fit_for_more } else { Layout::fit };
        Lines::Table(print_table(&rows, layout(&rows, printer.width()), printer)?)
    };
    if look.json {
        newest.iter().try_for_each(|delivery| printer.line(view::json(delivery)))?;
    }
    if args.limit.is_none() && !args.follow && newest.len() == limit {
        printer.aside(format_args!("these are the newest {limit}; `--limit N` shows more"));
    }
    match start {
        Some(start) => follow::follow(&reader, filter, start.after(&newest), &lines, printer).await,
        None => Ok(ExitStatus::Done),
    }
}

/// What may have been meant by a type that Bkper does not have.
fn suggest_type(filter: &Filter, printer: Printer) {
    let Some(wanted) = filter.event_type.as_deref().filter(|wanted| !example::exists(wanted)) else { return };
    let near = example::near(wanted);
    if !near.is_empty() {
        printer.hint(format_args!("did you mean --type {}?", near.join(", or ")));
    }
}

/// How deliveries are printed.
enum Lines {
    Json,
    Table(Layout),
}

/// Up to `limit` deliveries, the newest last. Who has to wait for them is told why.
async fn newest(
    reader: &Reader,
    filter: &Filter,
    limit: usize,
    printer: Printer,
) -> Result<Vec<Delivery>, Complaint> {
    let (mut found, mut cursor) = (Vec::new(), None);
    let (begun, mut is_told) = (Instant::now(), false);
    while found.len() < limit {
        let count = PAGE.min(limit - found.len());
        let page = reader.list(filter, cursor.as_ref(), count).await.map_err(Complaint::failed)?;
        found.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
        if !is_told && begun.elapsed() > PATIENCE {
            printer.aside("still looking: few of very many fit");
            is_told = true;
        }
    }
    found.reverse();
    Ok(found)
}

/// The rows of deliveries; a list has no runs, so they are looked up.
async fn rows(reader: &Reader, deliveries: &[Delivery]) -> Result<Vec<Row>, Complaint> {
    let here = Here::of_machine();
    let mut rows = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        let found = reader.find(delivery.id).await.map_err(Complaint::failed)?;
        rows.push(Row::of(found.as_ref().unwrap_or(delivery), &here));
    }
    Ok(rows)
}

fn print_table(rows: &[Row], layout: Layout, printer: Printer) -> Result<Layout, Complaint> {
    if !rows.is_empty() {
        printer.line(layout.head())?;
    }
    rows.iter().try_for_each(|row| printer.line(layout.line(row)))?;
    Ok(layout)
}

/// One delivery in full.
async fn show(one: &OneArgs, look: &LookArgs, printer: Printer) -> Outcome {
    let reader = journal::open(&look.journal).await?;
    let delivery = journal::find(&reader, &one.id).await?;
    if look.json {
        printer.line(view::json(&delivery))?;
    } else {
        view::lines_of(&delivery, &Here::of_machine()).into_iter().try_for_each(|line| printer.line(line))?;
    }
    Ok(ExitStatus::Done)
}

/// The event of one delivery: byte for byte, but for a terminal made inert.
async fn payload(one: &OneArgs, look: &LookArgs, printer: Printer) -> Outcome {
    let reader = journal::open(&look.journal).await?;
    let delivery = journal::find(&reader, &one.id).await?;
    let payload = reader.payload(delivery.id).await.map_err(Complaint::failed)?;
    let payload =
        payload.ok_or_else(|| Complaint::failed(anyhow::anyhow!("its payload is no longer there")))?;
    let text = || String::from_utf8_lossy(&payload.body);
    if look.json {
        printer.line(inert::json_line(&text()))?;
    } else if printer.width().is_some() {
        inert::lines(&text()).try_for_each(|line| printer.line(line))?;
    } else {
        printer.bytes(&payload.body)?;
    }
    Ok(ExitStatus::Done)
}
