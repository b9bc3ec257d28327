//! What the story claims, checked.

use std::fmt::Debug;

use serde_json::Value;

use crate::call::Reply;

/// Something is not as it should be.
pub(super) fn expect<T: PartialEq + Debug>(what: &str, expected: &T, found: &T) -> anyhow::Result<()> {
    anyhow::ensure!(expected == found, "{what}: expected {expected:?}, found {found:?}");
    Ok(())
}

/// An answer's status and JSON.
pub(super) fn expect_reply(what: &str, reply: &Reply, status: u16, json: &Value) -> anyhow::Result<()> {
    let found: Value = serde_json::from_str(&reply.body).unwrap_or_else(|_| reply.body.clone().into());
    expect(what, &(status, json), &(reply.status, &found))
}
