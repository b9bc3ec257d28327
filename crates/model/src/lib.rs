//! The words of Bookhook as types: hook, event, delivery, run, response, policy.
//!
//! What a delivery may become, and when, is decided here, in [`state`]. Nothing here reads a clock, opens a
//! file or speaks HTTP: `now` is an argument, and bytes come and go as [`bytes::Bytes`].

pub mod act;
pub mod delivery;
pub mod event;
pub mod explanation;
pub mod failure;
pub mod ids;
pub mod policy;
pub mod replays;
pub mod response;
pub mod run;
pub mod state;
pub mod units;

pub use act::{Act, ActFilter, ActKind, Actor, Pause};
pub use delivery::{Delivery, Filter, ParkReason};
pub use event::{BadEvent, Event, Fingerprint, Header, SecretHeader};
pub use explanation::{Explanation, Remedy};
pub use failure::{Failure, FailureClass, FailureKind};
pub use ids::{DeliveryId, DeliveryIds, EventId, HookName, LaneKey, RunNumber};
pub use policy::{LaneRule, OnPark, Policy, Reply, Retention, RetryPolicy};
pub use replays::{NewReplays, ReplayJob, ReplayJobId, ReplayJobState, ReplayOptions};
pub use response::{Outcome, Response};
pub use run::{Cause, Run, RunEnd};
pub use state::State;
