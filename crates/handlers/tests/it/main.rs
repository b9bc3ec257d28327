//! Handlers as the host runs them, against real servers on loopback.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod exec;
mod http_answers;
mod http_connections;
mod http_requests;
mod invoke;
mod kinds;
mod logged;
mod native;
mod processes;
mod run;
mod server;

use bookhook_handlers::Invocation;
use bookhook_model::{
    Cause, DeliveryId, Event, Failure, Fingerprint, Header, RunEnd, RunNumber, SecretHeader,
};
use bytes::Bytes;

/// A token that must not show up in anything that people read.
const TOKEN: &str = "ya29.a0-the-users-token";

fn invocation() -> Invocation {
    with_body("{}")
}

fn with_body(body: impl Into<Bytes>) -> Invocation {
    Invocation {
        hook: "tax-bot".parse().unwrap(),
        delivery: DeliveryId::from_bytes([7; 16]),
        run: RunNumber(3),
        cause: Cause::Replay,
        event: Event {
            id: None,
            event_type: "TRANSACTION_CHECKED".into(),
            lane: None,
            book_id: None,
            agent_id: None,
            user_id: None,
            headers: vec![header("content-type", "application/json"), header("bkper-agent-id", "tax-bot")],
            secrets: vec![SecretHeader { name: "bkper-oauth-token".into(), value: TOKEN.into() }],
            body: body.into(),
            fingerprint: Fingerprint([0; 16]),
        },
    }
}

/// The same of another delivery.
fn other(body: impl Into<Bytes>) -> Invocation {
    Invocation { delivery: DeliveryId::from_bytes([8; 16]), ..with_body(body) }
}

fn header(name: &str, value: impl AsRef<[u8]>) -> Header {
    Header { name: name.into(), value: Bytes::copy_from_slice(value.as_ref()) }
}

/// The failure of a run that must have failed, and told no secret.
fn failure(end: RunEnd) -> Failure {
    assert!(!format!("{end:?}").contains(TOKEN), "{end:?}");
    match end {
        RunEnd::Failed(failure) => failure,
        other => panic!("not a failure: {other:?}"),
    }
}
