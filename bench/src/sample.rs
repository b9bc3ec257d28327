//! What one measurement of one system gives.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::latencies::Latencies;
use crate::process::Usage;
use crate::syncs::Syncs;
use crate::window::Span;

/// The figures of a system under load.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) events: u64,
    pub(crate) events_per_second: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    /// Of the system itself.
    pub(crate) cpu_us_per_event: f64,
    /// Of the handler behind it, if there is one.
    pub(crate) handler_cpu_us_per_event: Option<f64>,
    /// Of this program, which makes the load on the same processors.
    pub(crate) load_cpu_us_per_event: Option<f64>,
    /// Resident when it had answered once.
    pub(crate) idle_bytes: u64,
    /// Resident at most.
    pub(crate) peak_bytes: u64,
    /// The same of the handler behind it, if there is one.
    pub(crate) handler_idle_bytes: Option<u64>,
    pub(crate) handler_peak_bytes: Option<u64>,
    /// From exec to the first 200.
    pub(crate) first_200_us: Option<f64>,
    pub(crate) syncs_per_event: Option<f64>,
    /// How long a sync took, at the median.
    pub(crate) sync_us: Option<f64>,
}

/// What a system has used, at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    pub(crate) system: Usage,
    /// Of this program, when it is not the system itself.
    pub(crate) load: Option<Usage>,
    pub(crate) handler: Option<Usage>,
    pub(crate) syncs: Option<Syncs>,
}

impl Figures {
    /// Of what was used between two moments. `idle` was taken before the load began.
    pub(crate) fn new(
        span: Span,
        mut latencies: Latencies,
        idle: &Moment,
        between: (Moment, Moment),
    ) -> Self {
        let (before, after) = between;
        let events = latencies.count();
        let each = |total: f64| total / (events.max(1) as f64);
        let cpu = |before: Usage, after: Usage| each(micros(after.cpu.saturating_sub(before.cpu)));
        let maybe_cpu = |before: Option<Usage>, after: Option<Usage>| Some(cpu(before?, after?));
        let syncs = before.syncs.zip(after.syncs).map(|(before, after)| after.since(&before));
        Self {
            events,
            events_per_second: events as f64 / span.length.as_secs_f64(),
            p50_us: micros(latencies.quantile(500)),
            p99_us: micros(latencies.quantile(990)),
            cpu_us_per_event: cpu(before.system, after.system),
            handler_cpu_us_per_event: maybe_cpu(before.handler, after.handler),
            load_cpu_us_per_event: maybe_cpu(before.load, after.load),
            idle_bytes: idle.system.resident_bytes,
            peak_bytes: after.system.peak_bytes,
            handler_idle_bytes: idle.handler.map(|handler| handler.resident_bytes),
            handler_peak_bytes: after.handler.map(|handler| handler.peak_bytes),
            first_200_us: None,
            syncs_per_event: syncs.as_ref().map(|syncs| each(syncs.count() as f64)),
            sync_us: syncs.as_ref().and_then(Syncs::median_us),
        }
    }
}

/// Figures, and of what.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Sample {
    /// The row's number in the table.
    pub(crate) row: &'static str,
    pub(crate) connections: usize,
    pub(crate) repetition: usize,
    #[serde(flatten)]
    pub(crate) figures: Figures,
}

pub(crate) fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000_000.0
}
