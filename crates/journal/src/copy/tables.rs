//! What is copied: the tables and their columns, which have the same names in both dialects.

/// A table that is copied.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [Column],
    /// The columns of its key, in whose order it is read.
    order: &'static str,
}

/// A column of it.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// How SQLite is asked for it, where that is not by its name.
    asked: Option<&'static str>,
}

/// What PostgreSQL keeps in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A `BOOLEAN`; SQLite has 0 and 1.
    Flag,
    /// An `INTEGER`, of four bytes.
    Small,
    /// A `BIGINT`.
    Number,
    Text,
    Bytes,
}

/// A value on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Null,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Table {
    /// The statement that reads it from SQLite; its parameter, if it has one, is the host of what is unsettled.
    pub(crate) fn select(&self) -> String {
        let columns: Vec<_> = self.columns.iter().map(|column| column.asked.unwrap_or(column.name)).collect();
        format!("SELECT {} FROM {} ORDER BY {}", columns.join(", "), self.name, self.order)
    }

    /// The statement that writes it to PostgreSQL.
    pub(crate) fn copy_in(&self) -> String {
        let columns: Vec<_> = self.columns.iter().map(|column| column.name).collect();
        format!("COPY {} ({}) FROM STDIN (FORMAT binary)", self.name, columns.join(", "))
    }
}

const fn flag(name: &'static str) -> Column {
    Column { name, kind: Kind::Flag, asked: None }
}

const fn small(name: &'static str) -> Column {
    Column { name, kind: Kind::Small, asked: None }
}

const fn number(name: &'static str) -> Column {
    Column { name, kind: Kind::Number, asked: None }
}

const fn text(name: &'static str) -> Column {
    Column { name, kind: Kind::Text, asked: None }
}

const fn bytes(name: &'static str) -> Column {
    Column { name, kind: Kind::Bytes, asked: None }
}

const fn asked(name: &'static str, asked: &'static str) -> Column {
    Column { name, kind: Kind::Number, asked: Some(asked) }
}

/// Every table that holds something of the deliveries. Not here: what a back-end keeps for itself (`migration`, `probe`,
/// SQLite's `removed`, `hook_tally` and what it finds deliveries by, PostgreSQL's `host` and `volume`).
pub(crate) const TABLES: &[Table] = &[
    Table {
        name: "delivery",
        columns: &[
            number("seq"),
            bytes("id"),
            text("hook"),
            text("event_id"),
            number("event_key"),
            bytes("fingerprint"),
            text("event_type"),
            text("lane"),
            text("book_id"),
            text("agent_id"),
            text("user_id"),
            flag("conflict"),
            number("received_at"),
            number("sent_at"),
            number("token_expires_at"),
            bytes("sealed"),
            text("state"),
            flag("awaits_caller"),
            number("next_run_at"),
            small("runs"),
            number("settled_at"),
            text("outcome"),
            bytes("response"),
            small("answered"),
            text("parked_reason"),
            asked("turn", "coalesce(turn, seq << 20)"),
            small("runs_before"),
            asked(
                "host",
                "CASE WHEN state IN ('running', 'held') OR (state = 'waiting' AND awaits_caller = 0) THEN ?1 END",
            ),
        ],
        order: "seq",
    },
    Table {
        name: "payload",
        columns: &[number("delivery"), bytes("headers"), bytes("body")],
        order: "delivery",
    },
    Table {
        name: "run",
        columns: &[
            number("delivery"),
            small("number"),
            text("cause"),
            number("started_at"),
            number("finished_at"),
            small("handler_status"),
            bytes("response"),
            text("error"),
        ],
        order: "delivery, number",
    },
    Table {
        name: "paused_hook",
        columns: &[text("hook"), number("paused_at"), text("reason"), text("who")],
        order: "hook",
    },
    Table {
        name: "paused_lane",
        columns: &[
            text("hook"),
            text("lane"),
            number("paused_at"),
            text("who"),
            text("reason"),
            bytes("held_for"),
        ],
        order: "hook, lane",
    },
    Table {
        name: "act",
        columns: &[
            number("number"),
            number("at"),
            text("who"),
            text("what"),
            text("hook"),
            text("lane"),
            bytes("delivery"),
            bytes("replays"),
            text("detail"),
        ],
        order: "number",
    },
    Table {
        name: "replay_job",
        columns: &[
            bytes("id"),
            text("filter"),
            flag("without_token"),
            small("per_second"),
            text("who"),
            number("created_at"),
            text("state"),
            small("matched"),
            small("done"),
            small("refused"),
            number("finished_at"),
        ],
        order: "id",
    },
    Table {
        name: "replay_target",
        columns: &[bytes("job"), small("page"), bytes("ids")],
        order: "job, page",
    },
    Table {
        name: "replay_refusal",
        columns: &[bytes("job"), text("reason"), small("count")],
        order: "job, reason",
    },
];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use rusqlite::Connection;

    use super::*;
    use crate::sqlite::MIGRATIONS;

    /// What SQLite keeps for itself. The last six tell where a delivery is; PostgreSQL has indexes for it.
    const NOT_COPIED: [&str; 10] = [
        "hook_tally",
        "probe",
        "removed",
        "sqlite_sequence",
        "catalogue",
        "catalogued",
        "event_old",
        "event_recent",
        "event_run",
        "uncertain",
    ];

    /// A later migration that adds something adds it here, too.
    #[test]
    fn every_table_and_every_column_is_copied() {
        let conn = Connection::open_in_memory().unwrap();
        for (_, sql) in MIGRATIONS {
            conn.execute_batch(sql).unwrap();
        }
        let columns = "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c \
                       WHERE t.type = 'table'";
        let mut select = conn.prepare(columns).unwrap();
        let pairs = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
        let mut there: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (table, column) in pairs.unwrap().map(Result::unwrap) {
            there.entry(table).or_default().insert(column);
        }
        there.retain(|table, _| !NOT_COPIED.contains(&table.as_str()));

        let name = |column: &Column| column.name.to_owned();
        let copied =
            TABLES.iter().map(|table| (table.name.to_owned(), table.columns.iter().map(name).collect()));
        let mut copied: BTreeMap<String, BTreeSet<String>> = copied.collect();
        copied.get_mut("delivery").unwrap().remove("host");
        assert_eq!(copied, there);
        for table in TABLES {
            conn.prepare(&table.select()).unwrap();
        }
    }
}
