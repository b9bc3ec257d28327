//! How long a list takes, with each filter and with some at once; also when nothing of the file is in memory.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;
use bookhook::journal::{Location, Reader};
use bookhook::model::{Filter, Outcome, State};
use jiff::Timestamp;
use rustix::fs::{Advice, fadvise};

use crate::aims::Aim;

use super::plant::FIRST_MICROS;

/// As many as `bookhook activity` shows.
const LIMIT: usize = 50;
/// How often each is asked when its pages are in memory, and when none are.
const ASKED_WARM: usize = 9;
const ASKED_COLD: usize = 3;

/// What was found, and in how many pages.
struct Found {
    items: usize,
    pages: usize,
}

/// Asks, and prints what it took until the limit was reached or everything was looked at. The aim is for the slowest of
/// all answers.
pub(super) async fn ask(path: &Path) -> Result<Aim> {
    println!("| activity | items | pages | cold, median ms | cold, slowest ms | median ms | slowest ms |");
    println!("| :-- | --: | --: | --: | --: | --: | --: |");
    let mut slowest = Duration::ZERO;
    for filter in filters()? {
        let (_, cold) = ask_cold(path, &filter).await?;
        let (Found { items, pages }, warm) = ask_warm(path, &filter).await?;
        let millis = [middle(&cold), most(&cold), middle(&warm), most(&warm)].map(in_millis);
        let [cold_median, cold_most, warm_median, warm_most] = millis;
        println!(
            "| {} | {items} | {pages} | {cold_median:.2} | {cold_most:.2} | {warm_median:.2} | {warm_most:.2} |",
            shown(&filter),
        );
        slowest = slowest.max(most(&cold)).max(most(&warm));
    }
    println!();
    Ok(Aim::at_most_millis(
        "the slowest answer to `activity` with any filter, from memory or not".to_owned(),
        in_millis(slowest),
        100.0,
    ))
}

/// Each time with a reader that has read nothing yet, and with nothing of the file in the system's memory.
async fn ask_cold(path: &Path, filter: &Filter) -> Result<(Found, Vec<Duration>)> {
    let (mut found, mut took) = (Found { items: 0, pages: 0 }, Vec::new());
    for _ in 0..ASKED_COLD {
        let reader = reader(path).await?;
        forget(path)?;
        let begun = Instant::now();
        found = newest(&reader, filter).await?;
        took.push(begun.elapsed());
    }
    Ok((found, took))
}

async fn ask_warm(path: &Path, filter: &Filter) -> Result<(Found, Vec<Duration>)> {
    let reader = reader(path).await?;
    let mut found = newest(&reader, filter).await?;
    let mut took = Vec::new();
    for _ in 0..ASKED_WARM {
        let begun = Instant::now();
        found = newest(&reader, filter).await?;
        took.push(begun.elapsed());
    }
    Ok((found, took))
}

async fn reader(path: &Path) -> Result<Reader> {
    Ok(Reader::open(&Location::Sqlite(PathBuf::from(path))).await?)
}

/// The system drops what it keeps of the file; the disk may keep something, too.
fn forget(path: &Path) -> Result<()> {
    let file = File::open(path)?;
    file.sync_all()?;
    Ok(fadvise(&file, 0, None, Advice::DontNeed)?)
}

/// As the program does: on with the next page, until there are enough.
async fn newest(reader: &Reader, filter: &Filter) -> Result<Found> {
    let (mut items, mut pages, mut cursor) = (0, 0, None);
    loop {
        let page = reader.list(filter, cursor.as_ref(), LIMIT - items).await?;
        (items, pages, cursor) = (items + page.items.len(), pages + 1, page.next);
        if items == LIMIT || cursor.is_none() {
            return Ok(Found { items, pages });
        }
    }
}

fn middle(took: &[Duration]) -> Duration {
    let mut sorted = took.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn most(took: &[Duration]) -> Duration {
    took.iter().max().copied().unwrap_or_default()
}

/// Common, rare and unknown values of each field, and some together.
fn filters() -> Result<Vec<Filter>> {
    let all = Filter::default;
    let some = |text: &str| Some(text.to_owned());
    let common_book = some("agtzfmJrcGVyLWhyZHITCx00007");
    let large_book = some("a-book-of-many");
    let day = |days: i64| Timestamp::from_microsecond(FIRST_MICROS + days * 86_400_000_000);
    let mut filters = vec![all()];
    for hook in ["stock-bot", "nobody"] {
        filters.push(Filter { hook: Some(hook.parse()?), ..all() });
    }
    for book_id in [common_book.clone(), some("a-book-of-one"), some("no-book")] {
        filters.push(Filter { book_id, ..all() });
    }
    for agent_id in [some("agent-00042"), some("agent-of-one"), some("nobody")] {
        filters.push(Filter { agent_id, ..all() });
    }
    for event_id in [some("evt-00000000ffff"), some("evt-none")] {
        filters.push(Filter { event_id, ..all() });
    }
    for event_type in [some("TRANSACTION_CHECKED"), some("BOOK_AUDITED"), some("NOTHING")] {
        filters.push(Filter { event_type, ..all() });
    }
    filters.extend(State::ALL.map(|state| Filter { state: Some(state), ..all() }));
    filters.extend(Outcome::ALL.map(|outcome| Filter { outcome: Some(outcome), ..all() }));
    filters.extend([
        Filter { error: true, ..all() },
        Filter { before: Some(day(1)?), ..all() },
        Filter { after: Some(day(1)?), before: Some(day(2)?), ..all() },
        Filter { before: Some(day(-1)?), ..all() },
    ]);
    // What stands in a way that is common, rare, or nearly unknown.
    let errors = Filter { error: true, ..all() };
    let warnings = Filter { outcome: Some(Outcome::Warning), ..all() };
    let suppressed = Filter { outcome: Some(Outcome::Suppressed), ..all() };
    let parked = Filter { state: Some(State::Parked), ..all() };
    let results = Filter { outcome: Some(Outcome::Result), ..all() };
    for stand in [errors, warnings, suppressed, parked, results] {
        filters.extend([
            Filter { hook: Some("stock-bot".parse()?), ..stand.clone() },
            Filter { book_id: common_book.clone(), ..stand.clone() },
            Filter { book_id: large_book.clone(), ..stand.clone() },
            Filter { agent_id: some("agent-00042"), ..stand.clone() },
            Filter { event_type: some("BOOK_AUDITED"), ..stand.clone() },
            Filter { event_type: some("FILE_CREATED"), ..stand.clone() },
            Filter { event_type: some("ACCOUNT_DELETED"), ..stand },
        ]);
    }
    // What two or three others have in common: much, little, nothing.
    let file_created = Filter { event_type: some("FILE_CREATED"), ..all() };
    let audited = Filter { event_type: some("BOOK_AUDITED"), ..all() };
    let of_hook = Filter { hook: Some("stock-bot".parse()?), ..all() };
    filters.extend([
        Filter { hook: Some("stock-bot".parse()?), ..audited.clone() },
        Filter { hook: Some("stock-bot".parse()?), ..file_created.clone() },
        Filter { hook: Some("tax-bot".parse()?), event_type: some("ACCOUNT_DELETED"), ..all() },
        Filter { book_id: large_book.clone(), ..audited.clone() },
        Filter { book_id: common_book.clone(), ..audited.clone() },
        Filter { agent_id: some("agent-00042"), ..audited.clone() },
        Filter { book_id: common_book.clone(), before: Some(day(3)?), ..file_created },
        Filter { book_id: large_book.clone(), event_type: some("ACCOUNT_DELETED"), ..all() },
        Filter { book_id: common_book.clone(), ..of_hook.clone() },
        Filter { book_id: some("a-book-of-one"), ..of_hook.clone() },
        Filter { book_id: some("no-book"), ..of_hook },
        Filter { book_id: common_book.clone(), agent_id: some("agent-00042"), ..all() },
        Filter { book_id: large_book.clone(), agent_id: some("agent-00042"), ..all() },
        Filter { book_id: large_book.clone(), agent_id: some("agent-of-one"), ..all() },
        Filter { book_id: large_book.clone(), error: true, before: Some(day(1)?), ..all() },
        Filter { error: true, after: Some(day(1)?), before: Some(day(2)?), ..audited },
        Filter { hook: Some("stock-bot".parse()?), error: true, book_id: large_book, ..all() },
    ]);
    Ok(filters)
}

/// What is asked for, in the words of the API.
fn shown(filter: &Filter) -> String {
    let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(filter) else { return String::new() };
    let shown = fields.into_iter().filter_map(|(name, value)| match value {
        serde_json::Value::String(value) if name != "after" && name != "before" => {
            Some(format!("{name} {value}"))
        }
        serde_json::Value::Null | serde_json::Value::Bool(false) => None,
        _ => Some(name),
    });
    let shown: Vec<_> = shown.collect();
    if shown.is_empty() { "everything".to_owned() } else { shown.join(" + ") }
}

fn in_millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
