//! How long a list takes, with each filter and with some at once.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;
use bookhook::journal::{Location, Reader};
use bookhook::model::{Filter, Outcome, State};
use jiff::Timestamp;

use crate::aims::Aim;

use super::plant::FIRST_MICROS;

/// As many as `bookhook activity` shows.
const LIMIT: usize = 50;
/// How often each is asked.
const ASKED: usize = 9;

/// Asks, and prints what it took until the limit was reached or everything was looked at. The aim is for the slowest of
/// all answers.
pub(super) async fn ask(path: &Path) -> Result<Aim> {
    let reader = Reader::open(&Location::Sqlite(PathBuf::from(path))).await?;
    println!("| activity | items | pages | median ms | slowest ms |\n| :-- | --: | --: | --: | --: |");
    let mut slowest = Duration::ZERO;
    for filter in filters()? {
        let mut took = Vec::new();
        let mut answer = (0, 0);
        for _ in 0..ASKED {
            let begun = Instant::now();
            answer = newest(&reader, &filter).await?;
            took.push(begun.elapsed());
        }
        took.sort_unstable();
        let ((items, pages), median, most) = (answer, took[ASKED / 2], took[ASKED - 1]);
        println!(
            "| {} | {items} | {pages} | {:.2} | {:.2} |",
            shown(&filter),
            in_millis(median),
            in_millis(most)
        );
        slowest = slowest.max(most);
    }
    println!();
    Ok(Aim::at_most_millis(
        "the slowest answer to `activity` with any filter".to_owned(),
        in_millis(slowest),
        100.0,
    ))
}

/// As the program does: on with the next page, until there are enough. Gives how many items and pages there were.
async fn newest(reader: &Reader, filter: &Filter) -> Result<(usize, usize)> {
    let (mut items, mut pages, mut cursor) = (0, 0, None);
    loop {
        let page = reader.list(filter, cursor.as_ref(), LIMIT - items).await?;
        (items, pages, cursor) = (items + page.items.len(), pages + 1, page.next);
        if items == LIMIT || cursor.is_none() {
            return Ok((items, pages));
        }
    }
}

/// Common, rare and unknown values of each field, and some together.
fn filters() -> Result<Vec<Filter>> {
    let all = Filter::default;
    let some = |text: &str| Some(text.to_owned());
    let common_book = some("agtzfmJrcGVyLWhyZHITCx00007");
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
        Filter { error: true, hook: Some("stock-bot".parse()?), ..all() },
        Filter { error: true, book_id: common_book.clone(), ..all() },
        Filter { event_type: some("BOOK_AUDITED"), hook: Some("stock-bot".parse()?), ..all() },
        Filter { event_type: some("BOOK_AUDITED"), outcome: Some(Outcome::Error), ..all() },
        Filter { book_id: common_book.clone(), agent_id: some("agent-00042"), ..all() },
        Filter { book_id: common_book.clone(), state: Some(State::Parked), ..all() },
        Filter { book_id: common_book, event_type: some("FILE_CREATED"), before: Some(day(3)?), ..all() },
        Filter { outcome: Some(Outcome::Warning), event_type: some("FILE_CREATED"), ..all() },
    ]);
    Ok(filters)
}

/// What is asked for, in the words of the API.
fn shown(filter: &Filter) -> String {
    let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(filter) else { return String::new() };
    let is_set = |value: &serde_json::Value| !value.is_null() && value != false;
    let set: Vec<_> = fields.into_iter().filter(|(_, value)| is_set(value)).map(|(name, _)| name).collect();
    let value =
        [filter.state.map(State::as_str), filter.outcome.map(Outcome::as_str)].into_iter().flatten().next();
    let value =
        value.or(filter.book_id.as_deref()).or(filter.agent_id.as_deref()).or(filter.event_type.as_deref());
    match (set.is_empty(), value) {
        (true, _) => "everything".to_owned(),
        (false, Some(value)) => format!("{} ({value})", set.join(" + ")),
        (false, None) => set.join(" + "),
    }
}

fn in_millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
