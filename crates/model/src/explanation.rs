//! Why a delivery stands where it stands, in sentences for the person who asks.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::act::{ActKind, Pause};
use crate::ids::DeliveryId;
use crate::state::State;

/// What is to be said of a delivery. Serialised, it is the JSON of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The delivery.
    pub id: DeliveryId,
    /// Where it stands.
    pub state: State,
    /// Why, in a sentence or two.
    pub why: String,
    /// The delivery that it waits for.
    pub behind: Option<DeliveryId>,
    /// The pause that holds it.
    pub pause: Option<Pause>,
    /// When it is tried next.
    #[serde(with = "crate::units::optional_timestamp")]
    pub next_run_at: Option<Timestamp>,
    /// How many runs there were since it was last sent, replayed or unparked.
    pub runs: u32,
    /// After how many the host gives up; `None` when its hook is not configured.
    pub max_runs: Option<u32>,
    /// What a person can do about it.
    pub can: Vec<Remedy>,
}

/// Something that a person can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// The act.
    pub act: ActKind,
    /// What comes of it.
    pub so: String,
}
