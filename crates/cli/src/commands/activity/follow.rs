//! Follows a journal: what is new, and what has changed.

use std::collections::HashMap;
use std::time::Duration;

use bookhook::journal::{Cursor, Reader};
use bookhook::model::{Delivery, DeliveryId, Filter, State};
use jiff::Timestamp;
use tokio::time::MissedTickBehavior;

use super::{Lines, PAGE, rows};
use crate::exit::{Complaint, Outcome};
use crate::printer::Printer;
use crate::view;

const POLL: Duration = Duration::from_millis(250);

/// So many of the newest deliveries are looked at for changes (a replay, say), and all that are not settled.
const WATCHED: usize = 100;

/// Where following begins, taken before the first list is read so that nothing is missed between the two.
pub(super) struct Start {
    end: Cursor,
    known: HashMap<DeliveryId, Seen>,
}

/// How a delivery looked when it was last looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    look: (State, Option<Timestamp>, Option<Timestamp>),
    is_printed: bool,
}

impl Seen {
    fn of(delivery: &Delivery) -> Self {
        let look = (delivery.state, delivery.settled_at, delivery.next_run_at);
        Self { look, is_printed: false }
    }
}

impl Start {
    pub(super) async fn of(reader: &Reader) -> Result<Self, Complaint> {
        let end = reader.end().await.map_err(Complaint::failed)?;
        let newest = reader.list(&Filter::default(), None, WATCHED).await.map_err(Complaint::failed)?;
        Ok(Self { end, known: HashMap::new() }.after(&newest.items))
    }

    /// The same, after these were printed.
    pub(super) fn after(mut self, printed: &[Delivery]) -> Self {
        let seen = |delivery: &Delivery| (delivery.id, Seen { is_printed: true, ..Seen::of(delivery) });
        self.known.extend(printed.iter().map(seen));
        self
    }
}

/// Prints until nobody reads any more.
pub(super) async fn follow(
    reader: &Reader,
    filter: Filter,
    start: Start,
    lines: &Lines,
    printer: Printer,
) -> Outcome {
    let Start { mut end, mut known } = start;
    let mut ticks = tokio::time::interval(POLL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let looked_at = look(reader, &mut end, &known).await?;
        let is_table = matches!(lines, Lines::Table(_));
        let (noticed, now_known) = notice(looked_at, &known, is_table);
        known = now_known;
        let mut told: Vec<_> = noticed.into_iter().filter(|delivery| filter.takes(delivery)).collect();
        told.sort_by_key(|delivery| delivery.id);
        print(reader, &told, lines, printer).await?;
    }
}

/// What was appended since, the newest, and those that were open when they were last looked at.
async fn look(
    reader: &Reader,
    end: &mut Cursor,
    known: &HashMap<DeliveryId, Seen>,
) -> Result<HashMap<DeliveryId, Delivery>, Complaint> {
    let all = Filter::default();
    let mut found: Vec<Delivery> = Vec::new();
    loop {
        let page = reader.list_after(&all, *end, PAGE).await.map_err(Complaint::failed)?;
        let is_last = page.items.len() < PAGE;
        *end = page.next.unwrap_or(*end);
        found.extend(page.items);
        if is_last {
            break;
        }
    }
    found.extend(reader.list(&all, None, WATCHED).await.map_err(Complaint::failed)?.items);
    let mut found: HashMap<_, _> = found.into_iter().map(|delivery| (delivery.id, delivery)).collect();
    for (id, seen) in known {
        if is_open(seen.look.0) && !found.contains_key(id) {
            found.extend(reader.find(*id).await.map_err(Complaint::failed)?.map(|found| (*id, found)));
        }
    }
    Ok(found)
}

/// Those that look otherwise than before. In a table, one that is open is told only when it is so for a second look:
/// most are settled by then.
fn notice(
    looked_at: HashMap<DeliveryId, Delivery>,
    known: &HashMap<DeliveryId, Seen>,
    is_patient: bool,
) -> (Vec<Delivery>, HashMap<DeliveryId, Seen>) {
    let (mut noticed, mut now_known) = (Vec::new(), HashMap::new());
    for (id, delivery) in looked_at {
        let mut seen = Seen::of(&delivery);
        let before = known.get(&id).filter(|before| before.look == seen.look);
        let is_printed = before.is_some_and(|before| before.is_printed);
        let waits = is_patient && is_open(delivery.state) && before.is_none();
        seen.is_printed = is_printed || !waits;
        now_known.insert(id, seen);
        if !is_printed && !waits {
            noticed.push(delivery);
        }
    }
    (noticed, now_known)
}

fn is_open(state: State) -> bool {
    matches!(state, State::Waiting | State::Running)
}

async fn print(
    reader: &Reader,
    deliveries: &[Delivery],
    lines: &Lines,
    printer: Printer,
) -> Result<(), Complaint> {
    match lines {
        Lines::Json => deliveries.iter().try_for_each(|delivery| printer.line(view::json(delivery)))?,
        Lines::Table(layout) => {
            let rows = rows(reader, deliveries).await?;
            rows.iter().try_for_each(|row| printer.line(layout.line(row)))?;
        }
    }
    Ok(())
}
