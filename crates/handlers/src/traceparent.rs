//! The trace that a run belongs to.

use bookhook_model::{DeliveryId, RunNumber};

/// W3C trace context. All runs of a delivery share a trace; each is a span of it.
pub(crate) fn traceparent(delivery: DeliveryId, run: RunNumber) -> String {
    let trace = u128::from_be_bytes(delivery.to_bytes());
    format!("00-{trace:032x}-{:016x}-01", span(trace, run))
}

/// Differs from run to run, and scatters over deliveries whose ids are neighbours. Zero is no span.
fn span(trace: u128, run: RunNumber) -> u64 {
    const SCATTER: u64 = 0x9e37_79b9_7f4a_7c15;
    let [low, high] =
        [trace, trace >> 64].map(|half| u64::try_from(half & u128::from(u64::MAX)).unwrap_or_default());
    let mixed = (low ^ high.rotate_left(32)).wrapping_mul(SCATTER);
    (mixed ^ u64::from(run.0).wrapping_mul(SCATTER)).max(1)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn runs_of_a_delivery_are_spans_of_one_trace() {
        let delivery = DeliveryId::from_bytes([0xab; 16]);
        let contexts: Vec<_> = (1..=50).map(|run| traceparent(delivery, RunNumber(run))).collect();
        let spans: HashSet<_> = contexts.iter().map(|context| &context[36..52]).collect();
        assert_eq!(spans.len(), 50);
        for context in &contexts {
            assert_eq!(context.len(), 55);
            assert!(context.starts_with("00-abababababababababababababababab-"), "{context}");
            assert!(context.ends_with("-01"));
        }
    }

    #[test]
    fn no_span_is_zero() {
        assert_ne!(span(0, RunNumber(0)), 0);
    }
}
