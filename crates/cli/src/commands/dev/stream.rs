//! What goes on, a line each: what the host has taken in, whoever sent it, and what the handler does at Bkper's API.
//!
//! What became of a delivery is read from the host's journal, in the words of `bookhook activity`.

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use anstyle::Style;
use bookhook::journal::{Journal, ReadError};
use bookhook::model::{Delivery, DeliveryId, Filter, State};
use bookhook_sandbox::Happening;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::{MissedTickBehavior, interval};

use crate::commands::sandbox::line;
use crate::inert::{self, one_line, shortened};
use crate::printer::Printer;
use crate::style::{self, DIM, painted};
use crate::time::Here;
use crate::view;

const POLL: Duration = Duration::from_millis(50);
/// So many of the newest deliveries are looked at.
const WATCHED: usize = 500;
/// Most deliveries end sooner; of what goes on for longer somebody wants to know.
const PATIENCE: SignedDuration = SignedDuration::from_secs(2);
const TEXT_MAX: usize = 160;

/// What became of deliveries, as it becomes known.
pub(super) struct Told(Receiver<Delivery>);

impl Told {
    /// Of this journal, until it is closed.
    pub(super) fn of(journal: Journal) -> Self {
        let (sender, receiver) = mpsc::channel(WATCHED);
        tokio::spawn(async move {
            if let Err(error) = follow(&journal, &sender).await {
                tracing::debug!("the journal is not followed any more: {error}");
            }
        });
        Self(receiver)
    }

    /// The next one; `None` when the journal is closed.
    pub(super) async fn next(&mut self) -> Option<Delivery> {
        self.0.recv().await
    }
}

async fn follow(journal: &Journal, to: &Sender<Delivery>) -> Result<(), ReadError> {
    let mut ticks = interval(POLL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut known = HashMap::new();
    loop {
        ticks.tick().await;
        let listed = journal.list(&Filter::default(), None, WATCHED).await?.items;
        let (news, now_known) = news(listed, &known, Timestamp::now());
        known = now_known;
        for id in news {
            // It may be gone by now; and nobody listens any more at the end.
            let Some(delivery) = journal.find(id).await? else { continue };
            if to.send(delivery).await.is_err() {
                return Ok(());
            }
        }
    }
}

/// How a delivery looks: where it stands, and since when.
type Look = (State, Option<Timestamp>);

/// Those of which there is something new to tell, oldest first; and how all of them look now.
fn news(
    listed: Vec<Delivery>,
    known: &HashMap<DeliveryId, Look>,
    now: Timestamp,
) -> (Vec<DeliveryId>, HashMap<DeliveryId, Look>) {
    let (mut news, mut looks) = (Vec::new(), HashMap::new());
    for delivery in listed.into_iter().rev() {
        let look = (delivery.state, delivery.settled_at);
        let is_known = known.get(&delivery.id) == Some(&look);
        if !is_known && is_early(&delivery, now) {
            continue;
        }
        looks.insert(delivery.id, look);
        if !is_known {
            news.push(delivery.id);
        }
    }
    (news, looks)
}

/// It is likely to end soon. One that runs again is as old as its first run, and told at once.
fn is_early(delivery: &Delivery, now: Timestamp) -> bool {
    let is_open = matches!(delivery.state, State::Waiting | State::Running);
    is_open && now.duration_since(delivery.received_at) < PATIENCE
}

/// Prints what goes on.
#[derive(Clone, Copy)]
pub(super) struct Teller {
    pub(super) printer: Printer,
    pub(super) is_json: bool,
}

impl Teller {
    /// What became of a delivery.
    pub(super) fn delivery(self, delivery: &Delivery) -> io::Result<()> {
        if self.is_json {
            return self.json(&serde_json::json!({ "delivery": delivery }));
        }
        self.printer.line(line_of(delivery))
    }

    /// What somebody did at Bkper's API. What is merely looked up there would hide the rest.
    pub(super) fn happening(self, happening: &Happening) -> io::Result<()> {
        match happening {
            // The journal knows more of it.
            Happening::Delivery(_) => Ok(()),
            Happening::Call(call) if call.method == "GET" && call.status < 400 => Ok(()),
            _ if self.is_json => self.json(happening),
            _ => self.printer.line(line::of(happening)),
        }
    }

    /// An object of its own.
    pub(super) fn json(self, value: &impl serde::Serialize) -> io::Result<()> {
        let line = serde_json::to_string(value).expect("what goes on is plain JSON");
        self.printer.line(inert::json_line(&line))
    }
}

fn line_of(delivery: &Delivery) -> String {
    let at = delivery.settled_at.unwrap_or(delivery.received_at);
    let book = line::padded(delivery.book_id.as_deref().unwrap_or("-"));
    let what = format!("{} → {}", one_line(&delivery.event_type), delivery.hook);
    let label = painted(view::label(delivery), style::of(delivery.state, delivery.outcome));
    let about = shortened(&one_line(&view::about(delivery)), TEXT_MAX);
    let took = view::took(delivery, &Here::of_machine());
    let shown = |text: String, style| (!text.is_empty()).then(|| format!("  {}", painted(text, style)));
    let [about, took] = [shown(about, Style::new()), shown(took, DIM)].map(Option::unwrap_or_default);
    format!("{}  {book}  {what}  {label}{about}{took}", line::time(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(state: &str, settled_at: Option<&str>) -> Delivery {
        let delivery = serde_json::json!({
            "id": "dlv_01JD9X4S8Q3M5V6W7X8Y9Z0ABC", "hook": "tax-bot", "event_id": "e1",
            "event_type": "TRANSACTION_CHECKED", "lane": "b1", "book_id": "b1", "agent_id": "tax-bot",
            "state": state, "outcome": settled_at.map(|_| "suppressed"), "received_at": "2026-11-21T22:00:00Z",
            "settled_at": settled_at, "answered": null, "parked_reason": null,
        });
        serde_json::from_value(delivery).unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        "2026-11-21T22:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn what_is_settled_is_told_once_and_again_when_it_was_replayed() {
        let settled = delivery("settled", Some("2026-11-21T22:00:01Z"));
        let (told, known) = news(vec![settled.clone()], &HashMap::new(), at(1));
        assert_eq!(told, [settled.id]);
        assert!(news(vec![settled], &known, at(2)).0.is_empty());
        let replayed = delivery("settled", Some("2026-11-21T22:00:09Z"));
        assert_eq!(news(vec![replayed], &known, at(9)).0.len(), 1);
    }

    #[test]
    fn what_goes_on_is_told_when_it_takes_long_and_what_is_held_at_once() {
        let running = delivery("running", None);
        let (told, known) = news(vec![running.clone()], &HashMap::new(), at(1));
        assert!(told.is_empty() && known.is_empty());
        assert_eq!(news(vec![running], &known, at(3)).0.len(), 1);
        assert_eq!(news(vec![delivery("held", None)], &known, at(0)).0.len(), 1);
    }

    #[test]
    fn a_line_says_what_became_of_it() {
        let line = line_of(&delivery("settled", Some("2026-11-21T22:00:01Z")));
        let line = anstream::adapter::strip_str(&line).to_string();
        assert!(
            line.ends_with(
                "  b1                TRANSACTION_CHECKED → tax-bot  suppressed  not run: the app's own event"
            ),
            "{line}"
        );
    }
}
