//! What the story claims, checked.

use std::fmt::Debug;

use serde_json::Value;

use crate::call::Reply;
use crate::inert;

/// Something is not as it should be.
pub(super) fn expect<T: PartialEq + Debug>(what: &str, expected: &T, found: &T) -> anyhow::Result<()> {
    anyhow::ensure!(expected == found, "{what}: expected {expected:?}, found {found:?}");
    Ok(())
}

/// An answer's status and JSON.
pub(super) fn expect_reply(what: &str, reply: &Reply, status: u16, json: &Value) -> anyhow::Result<()> {
    let is_same = serde_json::from_str::<Value>(&reply.body).is_ok_and(|found| found == *json);
    anyhow::ensure!(
        reply.status == status && is_same,
        "{what}: expected {status} {json}, found {} {}",
        reply.status,
        inert::one_line(&reply.body)
    );
    Ok(())
}
