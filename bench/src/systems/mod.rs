//! What is measured: the rows of the table.

pub(crate) mod axum;
pub(crate) mod bookhook;
pub(crate) mod bullmq;
pub(crate) mod exec;
pub(crate) mod node;
pub(crate) mod python;
pub(crate) mod queue;
pub(crate) mod sqlite;

use self::bookhook::{MANY_LANES, Native};

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// As the table and `--rows` have it.
    pub(crate) number: &'static str,
    pub(crate) name: &'static str,
    pub(crate) system: System,
    /// Whether each connection has a book of its own, so that no event waits for another.
    pub(crate) own_books: bool,
    /// How many lanes a host has side by side.
    pub(crate) lanes: usize,
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
    /// The same, in front of a handler that it starts itself: kind `run`.
    Running(Handler),
    /// Bookhook, its journal on disk, with a process an event: kind `exec`.
    Executing,
    /// A process an event, alone.
    Exec,
    /// The writes alone.
    Sqlite,
}

/// Something that takes events over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handler {
    /// Bare axum.
    Axum,
    /// Bare axum that takes so many milliseconds: stands for a handler that calls an API.
    Slow(u64),
    /// Node under `@google-cloud/functions-framework`.
    Functions,
    /// Node under Hono.
    Hono,
    /// Python under Flask.
    Flask,
}

/// All rows, in the order of the table. The first is the base line.
pub(crate) const ROWS: [Row; 20] = [
    row("1", "bare axum, a constant answer", System::Handler(Handler::Axum)),
    row("2", "Bookhook, native handler, journal in memory", System::Native(Native::InMemory)),
    row("3", "Bookhook, native handler, SQLite journal", System::Native(Native::OnDisk)),
    row("4", "SQLite alone, the same two writes", System::Sqlite),
    row("5a", "functions-framework", System::Handler(Handler::Functions)),
    row("5b", "Bookhook in front of functions-framework", System::InFrontOf(Handler::Functions)),
    row("5c", "Hono", System::Handler(Handler::Hono)),
    row("5d", "Bookhook in front of Hono", System::InFrontOf(Handler::Hono)),
    row("5e", "a handler that takes 20 ms", System::Handler(Handler::Slow(20))),
    row("5f", "Bookhook in front of it", System::InFrontOf(Handler::Slow(20))),
    own_books(row(
        "5g",
        "Bookhook in front of it, a book a connection",
        System::InFrontOf(Handler::Slow(20)),
    )),
    row("5h", "a handler that takes 50 ms", System::Handler(Handler::Slow(50))),
    Row {
        lanes: 80,
        ..own_books(row("5i", "Bookhook in front of it, 80 lanes", System::InFrontOf(Handler::Slow(50))))
    },
    row("6a", "Bookhook that runs functions-framework", System::Running(Handler::Functions)),
    row("6b", "Bookhook that runs Hono", System::Running(Handler::Hono)),
    row("6c", "Flask", System::Handler(Handler::Flask)),
    row("6d", "Bookhook in front of Flask", System::InFrontOf(Handler::Flask)),
    row("6e", "Bookhook that runs Flask", System::Running(Handler::Flask)),
    row("7a", "a shell script, a process an event", System::Exec),
    row("7b", "Bookhook that executes it", System::Executing),
];

const fn row(number: &'static str, name: &'static str, system: System) -> Row {
    Row { number, name, system, own_books: false, lanes: MANY_LANES }
}

const fn own_books(row: Row) -> Row {
    Row { own_books: true, ..row }
}

impl System {
    pub(crate) fn handler(self) -> Option<Handler> {
        match self {
            Self::Handler(handler) | Self::InFrontOf(handler) | Self::Running(handler) => Some(handler),
            Self::Native(_) | Self::Executing | Self::Exec | Self::Sqlite => None,
        }
    }

    pub(crate) fn needs_node(self) -> bool {
        matches!(self.handler(), Some(Handler::Functions | Handler::Hono))
    }

    pub(crate) fn needs_python(self) -> bool {
        self.handler() == Some(Handler::Flask)
    }

    /// Whether it is the program `bookhook`.
    pub(crate) fn needs_program(self) -> bool {
        matches!(self, Self::InFrontOf(_) | Self::Running(_) | Self::Executing)
    }

    /// Whether it syncs.
    pub(crate) fn keeps(self) -> bool {
        !matches!(self, Self::Handler(_) | Self::Native(Native::InMemory) | Self::Exec)
    }
}
