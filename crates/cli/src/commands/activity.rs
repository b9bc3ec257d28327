//! `bookhook activity`: what happened, read from the journal while a host runs on it.

mod follow;

use bookhook::journal::Reader;
use bookhook::model::{Delivery, Filter};

use crate::args::{ListArgs, OneArgs};
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::printer::Printer;
use crate::time::Here;
use crate::view::{self, Layout, Row};
use crate::{inert, journal};

const LIMIT: usize = 50;
const LIMIT_BEFORE_FOLLOWING: usize = 10;
const PAGE: usize = 500;

/// The newest deliveries, the newest last; and then what comes, if that was asked for.
pub(crate) async fn list(args: ListArgs, printer: Printer) -> Outcome {
    let reader = journal::open(&args.journal).await?;
    let filter = Filter::from(args.filter);
    let default = if args.follow { LIMIT_BEFORE_FOLLOWING } else { LIMIT };
    let limit = args.limit.map_or(default, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let start = if args.follow { Some(follow::Start::of(&reader).await?) } else { None };
    let newest = newest(&reader, &filter, limit).await?;
    if newest.is_empty() {
        printer.aside("no deliveries");
    }
    let lines = if args.json {
        Lines::Json
    } else {
        let rows = rows(&reader, &newest).await?;
        let layout = if args.follow { Layout::fit_for_more } else { Layout::fit };
        Lines::Table(print_table(&rows, layout(&rows, printer.width()), printer)?)
    };
    if args.json {
        newest.iter().try_for_each(|delivery| printer.line(view::json(delivery)))?;
    }
    match start {
        Some(start) => follow::follow(&reader, filter, start.after(&newest), &lines, printer).await,
        None => Ok(ExitStatus::Done),
    }
}

/// How deliveries are printed.
enum Lines {
    Json,
    Table(Layout),
}

/// Up to `limit` deliveries, the newest last.
async fn newest(reader: &Reader, filter: &Filter, limit: usize) -> Result<Vec<Delivery>, Complaint> {
    let (mut found, mut cursor) = (Vec::new(), None);
    while found.len() < limit {
        let count = PAGE.min(limit - found.len());
        let page = reader.list(filter, cursor.as_ref(), count).await.map_err(Complaint::failed)?;
        found.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
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
pub(crate) async fn show(args: OneArgs, printer: Printer) -> Outcome {
    let reader = journal::open(&args.journal).await?;
    let delivery = journal::find(&reader, &args.id).await?;
    if args.json {
        printer.line(view::json(&delivery))?;
    } else {
        view::lines_of(&delivery, &Here::of_machine()).into_iter().try_for_each(|line| printer.line(line))?;
    }
    Ok(ExitStatus::Done)
}

/// The event of one delivery: byte for byte, but for a terminal made inert.
pub(crate) async fn payload(args: OneArgs, printer: Printer) -> Outcome {
    let reader = journal::open(&args.journal).await?;
    let delivery = journal::find(&reader, &args.id).await?;
    let payload = reader.payload(delivery.id).await.map_err(Complaint::failed)?;
    let payload =
        payload.ok_or_else(|| Complaint::failed(anyhow::anyhow!("its payload is no longer there")))?;
    let text = || String::from_utf8_lossy(&payload.body);
    if args.json {
        printer.line(inert::json_line(&text()))?;
    } else if printer.width().is_some() {
        inert::lines(&text()).try_for_each(|line| printer.line(line))?;
    } else {
        printer.bytes(&payload.body)?;
    }
    Ok(ExitStatus::Done)
}
