//! How deliveries look in a terminal. Everything that came from elsewhere is made inert on its way.

mod columns;
mod one;
mod table;
mod told;

pub(crate) use columns::columns;
pub(crate) use one::lines_of;
pub(crate) use table::{Layout, Row, took};
pub(crate) use told::{about, label};

use bookhook::model::Delivery;

use crate::inert;

/// A delivery as one line of JSON.
pub(crate) fn json(delivery: &Delivery) -> String {
    inert::json_line(&serde_json::to_string(delivery).expect("a delivery is plain JSON"))
}

/// So many of them.
pub(crate) fn deliveries(count: u64) -> String {
    if count == 1 { "1 delivery".to_owned() } else { format!("{count} deliveries") }
}
