//! What is measured: the rows of the table.

pub(crate) mod axum;
pub(crate) mod bookhook;
pub(crate) mod node;
pub(crate) mod sqlite;

use std::time::Duration;

use self::bookhook::Native;

/// How long the handler takes that stands for one that calls an API.
pub(crate) const SLOW: Duration = Duration::from_millis(20);

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// As the table and `--rows` have it.
    pub(crate) number: &'static str,
    pub(crate) name: &'static str,
    pub(crate) system: System,
    /// Whether each connection has a book of its own, so that no event waits for another.
    pub(crate) own_books: bool,
}

/// What a row measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    /// A handler that is called directly: nothing is verified and nothing is kept.
    Handler(Handler),
    /// Bookhook with a function as its handler.
    Native(Native),
    /// Bookhook, its journal on disk, in front of a handler that it calls over HTTP.
    InFrontOf(Handler),
    /// The writes alone.
    Sqlite,
}

/// Something that takes events over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handler {
    /// Bare axum.
    Axum,
    /// Bare axum that takes [`SLOW`].
    Slow,
    /// Node under `@google-cloud/functions-framework`.
    Functions,
    /// Node under Hono.
    Hono,
}

/// All rows, in the order of the table. The first is the base line.
pub(crate) const ROWS: [Row; 11] = [
    row("1", "bare axum, a constant answer", System::Handler(Handler::Axum)),
    row("2", "Bookhook, native handler, journal in memory", System::Native(Native::InMemory)),
    row("3", "Bookhook, native handler, SQLite journal", System::Native(Native::OnDisk)),
    row("4", "SQLite alone, the same two writes", System::Sqlite),
    row("5a", "functions-framework", System::Handler(Handler::Functions)),
    row("5b", "Bookhook in front of functions-framework", System::InFrontOf(Handler::Functions)),
    row("5c", "Hono", System::Handler(Handler::Hono)),
    row("5d", "Bookhook in front of Hono", System::InFrontOf(Handler::Hono)),
    row("5e", "a handler that takes 20 ms", System::Handler(Handler::Slow)),
    row("5f", "Bookhook in front of it", System::InFrontOf(Handler::Slow)),
    Row {
        own_books: true,
        ..row("5g", "Bookhook in front of it, a book a connection", System::InFrontOf(Handler::Slow))
    },
];

const fn row(number: &'static str, name: &'static str, system: System) -> Row {
    Row { number, name, system, own_books: false }
}

impl System {
    pub(crate) fn handler(self) -> Option<Handler> {
        match self {
            Self::Handler(handler) | Self::InFrontOf(handler) => Some(handler),
            Self::Native(_) | Self::Sqlite => None,
        }
    }

    pub(crate) fn needs_node(self) -> bool {
        matches!(self.handler(), Some(Handler::Functions | Handler::Hono))
    }

    /// Whether it syncs.
    pub(crate) fn keeps(self) -> bool {
        !matches!(self, Self::Handler(_) | Self::Native(Native::InMemory))
    }
}
