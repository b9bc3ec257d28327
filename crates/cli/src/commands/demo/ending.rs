//! The end: the host stops, and its journal is read as anybody would read it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use anyhow::Context;
use bookhook::journal::{Cursor, Location, Reader};
use bookhook::model::{Delivery, Filter};
use bookhook::{EventType, Refused};
use serde_json::{Value, json};

use super::burst::Burst;
use super::claims::expect;
use super::folder::Folder;
use super::stage::Stage;
use super::story::Story;
use crate::style::{BOLD, DIM, painted};
use crate::time::{Here, show_duration};
use crate::view::{self, Layout, Row};

const PAGE: usize = 1000;
/// Deliveries before the burst: two sales, their drafts, and the audit.
const STEPS: usize = 5;
/// What every token begins with that the sandbox hands out, as Google's do.
const TOKEN: &[u8] = b"ya29.";
/// Strangers in the step of that name, and one in the burst.
const STRANGERS: u64 = 5;

/// What the journal holds.
struct Kept {
    deliveries: Vec<Delivery>,
    labels: BTreeMap<&'static str, usize>,
    bytes: u64,
}

/// Stops the host, checks the journal, tells the numbers.
pub(super) async fn end(stage: Stage, folder: &Folder, burst: &Burst, story: &Story) -> anyhow::Result<()> {
    let refused = stage.running.refused();
    let Stage { running, tax, sandbox, .. } = stage;
    running.stop().await;
    drop(sandbox);
    let path = folder.journal();
    let reader = Reader::open(&Location::Sqlite(path.clone())).await?;
    let kept = read(&reader, &path).await?;
    expect("deliveries in the journal", &(burst.events + STEPS), &kept.deliveries.len())?;
    expect("refused calls", &STRANGERS, &for_good(&refused).map(|line| line.count).sum())?;
    for shop in &burst.shops {
        let (shop, mut ran) = (shop.id(), tax.ran(shop.id().as_str()));
        // An event that came twice ran twice, one right after the other.
        ran.dedup();
        expect(&format!("the order of the runs in {shop}"), &in_order(&kept, shop.as_str()), &ran)?;
    }
    expect_no_token(folder)?;
    let shown = with_runs(&reader, &kept.deliveries[..STEPS]).await?;
    if story.is_json {
        shown.iter().try_for_each(|delivery| story.line(view::json(delivery)))?;
        story.json(&json!({ "numbers": numbers(burst, &kept, &refused) }))?;
    } else {
        tell(story, burst, &kept, &refused, &shown)?;
        what_next(story, folder)?;
    }
    Ok(())
}

async fn read(reader: &Reader, path: &Path) -> anyhow::Result<Kept> {
    let (mut deliveries, mut cursor) = (Vec::new(), Cursor::START);
    loop {
        let page = reader.list_after(&Filter::default(), cursor, PAGE).await?;
        let is_last = page.items.len() < PAGE;
        deliveries.extend(page.items);
        cursor = page.next.unwrap_or(cursor);
        if is_last {
            break;
        }
    }
    let mut labels = BTreeMap::new();
    for delivery in &deliveries {
        *labels.entry(view::label(delivery)).or_default() += 1;
    }
    let bytes = std::fs::metadata(path).context("cannot see the journal's size")?.len();
    Ok(Kept { deliveries, labels, bytes })
}

async fn with_runs(reader: &Reader, deliveries: &[Delivery]) -> anyhow::Result<Vec<Delivery>> {
    let mut found = Vec::new();
    for delivery in deliveries {
        found.extend(reader.find(delivery.id).await?);
    }
    Ok(found)
}

/// Those who were turned away for good; who was only asked to come back is counted at the door too.
fn for_good(refused: &[Refused]) -> impl Iterator<Item = &Refused> {
    refused.iter().filter(|line| line.reason != "deadline")
}

/// The events of a book that the tax app's function handles, in the order in which they were journaled.
fn in_order(kept: &Kept, book: &str) -> Vec<String> {
    let is_handled = |delivery: &&Delivery| {
        delivery.book_id.as_deref() == Some(book)
            && &*delivery.event_type == EventType::TransactionChecked.as_str()
    };
    let ids = kept.deliveries.iter().filter(is_handled).filter_map(|delivery| delivery.event_id.as_ref());
    ids.map(ToString::to_string).collect()
}

/// No user's token is in the files of the journal.
fn expect_no_token(folder: &Folder) -> anyhow::Result<()> {
    let files = folder.journal_files()?;
    anyhow::ensure!(!files.is_empty(), "the journal has no files");
    for path in files {
        let is_there = std::fs::read(&path)?.windows(TOKEN.len()).any(|bytes| bytes == TOKEN);
        anyhow::ensure!(!is_there, "a user's token can be read in {}", path.display());
    }
    Ok(())
}

fn numbers(burst: &Burst, kept: &Kept, refused: &[Refused]) -> Value {
    let micros = |duration: std::time::Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    let refused: BTreeMap<_, _> = refused.iter().map(|line| (line.reason, line.count)).collect();
    json!({
        "sales": burst.sales,
        "events": burst.events,
        "events_per_second": burst.per_second.round(),
        "p50_micros": micros(burst.half_within),
        "p99_micros": micros(burst.most_within),
        "deliveries": kept.deliveries.len(),
        "outcomes": kept.labels,
        "refused": refused,
        "journal_bytes": kept.bytes,
    })
}

fn tell(
    story: &Story,
    burst: &Burst,
    kept: &Kept,
    refused: &[Refused],
    shown: &[Delivery],
) -> io::Result<()> {
    let here = Here::of_machine();
    story.line(format_args!("\n{}", painted("What the journal says, after the host has ended", BOLD)))?;
    let rows: Vec<_> = shown.iter().map(|delivery| Row::of(delivery, &here)).collect();
    let layout = Layout::fit(&rows, story.width());
    story.line(layout.head())?;
    rows.iter().try_for_each(|row| story.line(layout.line(row)))?;
    story.line(painted(format_args!("… and {} more", kept.deliveries.len() - shown.len()), DIM))?;

    story.line(format_args!("\n{}", painted("In numbers", BOLD)))?;
    let fact = |name: &str, value: String| {
        story.line(format_args!("   {} {value}", painted(format_args!("{name:<9}"), DIM)))
    };
    let listed = |counts: Vec<(String, String)>| {
        counts.into_iter().map(|(name, count)| format!("{count} {name}")).collect::<Vec<_>>().join(", ")
    };
    fact(
        "speed",
        format!(
            "{:.0} events a second, verified, on disk, run and answered; half within {}, 99 % within {}",
            burst.per_second,
            show_duration(burst.half_within),
            show_duration(burst.most_within)
        ),
    )?;
    let outcomes = kept.labels.iter().map(|(label, count)| ((*label).to_owned(), count.to_string()));
    fact("journal", format!("{} deliveries: {}", kept.deliveries.len(), listed(outcomes.collect())))?;
    fact("", format!("{} KiB on disk, in which no user's token can be read", kept.bytes / 1024))?;
    let refused = for_good(refused).map(|line| (line.reason.replace('_', " "), line.count.to_string()));
    fact("refused", listed(refused.collect()))?;
    Ok(())
}

fn what_next(story: &Story, folder: &Folder) -> io::Result<()> {
    story.line(format_args!("\n{}", painted("What next", BOLD)))?;
    if let Some(books) = folder.kept_books() {
        story.line(format_args!("   bookhook activity --journal {}", folder.journal().display()))?;
        story.line(format_args!("   bookhook sandbox --data {}", books.display()))?;
    }
    story.line("   bookhook dev YOUR-APP")?;
    story.line("   bookhook serve --app bkper.yaml --to http://127.0.0.1:3003/")?;
    story.line("   bookhook activity --follow")
}
