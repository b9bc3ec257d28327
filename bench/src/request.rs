//! The event that is sent, as Bkper sends it: rendered once, patched in place so that every event is a new one.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, Result};
use bookhook_sandbox::google::Signer;
use jiff::Timestamp;
use serde_json::Value;

const EVENT: &str = include_str!("../../crates/testkit/events/TRANSACTION_CHECKED.json");

/// Asks a host whether it lives, for where no event can be answered.
pub(crate) const LIVEZ: &[u8] = b"GET /livez HTTP/1.1\r\nhost: bench.example.com\r\n\r\n";
/// Where the event is posted; all systems take any path.
pub(crate) const PATH: &str = "/hooks/bench-bot";
/// For whom the caller's token is made.
pub(crate) const AUDIENCE: &str = "https://bench.example.com/hooks/bench-bot";
/// The app that handles the events.
pub(crate) const AGENT: &str = "bench-bot";

/// Stand in the template where the ids go, and are as long as those.
const EVENT_ID: &str = "event-id-00000000000";
const BOOK_ID: &str = "book-id-00000";

/// A request's bytes, and the places in them that differ from one to the next.
#[derive(Clone)]
pub(crate) struct Template {
    bytes: Arc<[u8]>,
    event_ids: Arc<[usize]>,
    book_ids: Arc<[usize]>,
}

impl Template {
    /// The request with all headers that Bkper sends; the caller's token is signed now and good for an hour.
    pub(crate) fn new(signer: &Signer, now: Timestamp) -> Result<Self> {
        let body = body()?;
        let id_token = signer.id_token(AUDIENCE, now);
        let oauth_token = format!("ya29.{}", "a0AfB_byC".repeat(23));
        let mut bytes = format!(
            "POST {PATH} HTTP/1.1\r\nhost: bench.example.com\r\ncontent-type: application/json\r\n\
             bkper-oauth-token: {oauth_token}\r\nbkper-agent-id: {AGENT}\r\n\
             authorization: Bearer {id_token}\r\ncontent-length: {length}\r\n\r\n",
            length = body.len(),
        )
        .into_bytes();
        bytes.extend_from_slice(body.as_bytes());
        let (event_ids, book_ids) = (places(&bytes, EVENT_ID), places(&bytes, BOOK_ID));
        Ok(Self { bytes: bytes.into(), event_ids: event_ids.into(), book_ids: book_ids.into() })
    }

    /// A request of its own to patch, for the connection with this number.
    pub(crate) fn request(&self, connection: usize) -> Request {
        Request { template: self.clone(), bytes: self.bytes.to_vec(), connection, sent: 0 }
    }
}

/// The bytes of the next request of one connection.
pub(crate) struct Request {
    template: Template,
    bytes: Vec<u8>,
    connection: usize,
    sent: u64,
}

impl Request {
    /// The next event, in this book. No other connection and no earlier call gives the same one.
    pub(crate) fn next(&mut self, book: u32) -> &[u8] {
        self.sent += 1;
        let (connection, sent) = (self.connection, self.sent);
        for &place in &*self.template.event_ids {
            put(&mut self.bytes[place..place + EVENT_ID.len()], format_args!("{connection:06x}-{sent:013x}"));
        }
        for &place in &*self.template.book_ids {
            put(&mut self.bytes[place..place + BOOK_ID.len()], format_args!("book-id-{book:05}"));
        }
        &self.bytes
    }
}

fn put(mut place: &mut [u8], text: std::fmt::Arguments<'_>) {
    // What does not fit is cut off.
    let _ = place.write_fmt(text);
}

/// The compact event of a checked transaction: 2.6 KiB, in a book of no collection, with accounts of no group.
pub(crate) fn body() -> Result<String> {
    let mut event: Value = serde_json::from_str(EVENT).context("TRANSACTION_CHECKED.json")?;
    event["id"] = EVENT_ID.into();
    event["bookId"] = BOOK_ID.into();
    event["book"]["id"] = BOOK_ID.into();
    event["book"].as_object_mut().context("the event has no book")?.remove("collection");
    for account in [
        "/data/object/accounts/0",
        "/data/object/accounts/1",
        "/data/object/transaction/creditAccount",
        "/data/object/transaction/debitAccount",
    ] {
        let account = event.pointer_mut(account).context("the event has not the accounts it had")?;
        account["groups"] = Value::Array(Vec::new());
    }
    Ok(event.to_string())
}

fn places(bytes: &[u8], text: &str) -> Vec<usize> {
    bytes
        .windows(text.len())
        .enumerate()
        .filter(|(_, window)| *window == text.as_bytes())
        .map(|(place, _)| place)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event_of(request: &[u8]) -> Value {
        let text = std::str::from_utf8(request).unwrap();
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }

    #[test]
    fn every_request_is_another_event_in_the_book_asked_for() {
        let signer = Signer::generate().unwrap();
        let template = Template::new(&signer, Timestamp::UNIX_EPOCH).unwrap();
        let (mut one, mut other) = (template.request(1), template.request(2));
        let events = [
            event_of(one.next(7)),
            event_of(one.next(8)),
            event_of(other.next(7)),
            event_of(other.next(99_999)),
        ];
        for (index, event) in events.iter().enumerate() {
            assert!(events[..index].iter().all(|earlier| earlier["id"] != event["id"]));
        }
        assert_eq!(events[0]["book"]["id"], "book-id-00007");
        assert_eq!(events[0]["bookId"], events[0]["book"]["id"]);
        assert_eq!(events[3]["book"]["id"], "book-id-99999");
    }

    #[test]
    fn the_event_has_the_size_of_a_usual_one() {
        assert!((2_400..2_800).contains(&body().unwrap().len()));
    }
}
