//! What is sent: small events, many books, and in each book events one after the other.

use serde_json::{Value, json};

use crate::chance::Chance;

const BOOKS: u32 = 24;
const EVENTS_IN_A_BOOK: u32 = 20;

/// The beginning of every user's token, which must not be found anywhere.
pub(crate) const TOKEN_START: &str = "ya29.torture";

/// One event. Its text names it to the handler and back.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) book: String,
    pub(crate) number_in_book: u64,
}

/// All of a round's events, those of different books mixed.
pub(crate) fn burst(round: u32, chance: &mut Chance) -> Vec<Event> {
    let book = |book| (1..=EVENTS_IN_A_BOOK).map(move |number| Event::new(round, book, number));
    let mut events: Vec<Event> = (1..=BOOKS).flat_map(book).collect();
    chance.shuffle(&mut events);
    events
}

impl Event {
    fn new(round: u32, book: u32, number: u32) -> Self {
        Self {
            id: format!("r{round}b{book}e{number}"),
            book: format!("book{book}"),
            number_in_book: number.into(),
        }
    }

    /// As Bkper would send it.
    pub(crate) fn body(&self) -> String {
        json!({
            "id": self.id,
            "type": "TRANSACTION_CHECKED",
            "bookId": self.book,
            "book": {"id": self.book, "name": "Torture"},
            "agent": {"id": "bkper-cli", "name": "Bkper CLI"},
            "data": {"object": {"transaction": {"id": self.id, "amount": self.number_in_book.to_string()}}},
        })
        .to_string()
    }

    /// What the handler got.
    pub(crate) fn read(body: &[u8]) -> Self {
        let event: Value = serde_json::from_slice(body).unwrap();
        let text = |pointer: &str| event.pointer(pointer).unwrap().as_str().unwrap().to_owned();
        let number_in_book = text("/data/object/transaction/amount").parse().unwrap();
        Self { id: text("/id"), book: text("/bookId"), number_in_book }
    }

    /// The token of the user who installed the app in the book.
    pub(crate) fn token(&self) -> String {
        format!("{TOKEN_START}-of-the-user-of-{}", self.book)
    }
}
