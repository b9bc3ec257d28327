//! Who watches what the sandbox sends to apps.

use std::time::Duration;

use anyhow::Context;
use bookhook::EventType;
use bookhook_sandbox::{Delivery, Happening, Outcome, Sandbox, Watch};

/// How long the demo waits for something that is about to happen.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Sees every delivery from the moment that it was made.
pub(super) struct Witness(Watch);

impl Witness {
    pub(super) fn of(sandbox: &Sandbox) -> Self {
        Self(sandbox.watch())
    }

    /// The next try to send an event of this type.
    pub(super) async fn sees(&mut self, event_type: &EventType) -> anyhow::Result<Delivery> {
        let next = async {
            loop {
                let delivery = self.next().await?;
                if delivery.event_type == *event_type {
                    return anyhow::Ok(delivery);
                }
            }
        };
        let seen = tokio::time::timeout(PATIENCE, next).await;
        seen.with_context(|| format!("the sandbox sends no {event_type}"))?
    }

    /// So many deliveries that were answered for good.
    pub(super) async fn sees_answered(&mut self, count: usize) -> anyhow::Result<Vec<Delivery>> {
        let mut answered = Vec::new();
        let next = async {
            while answered.len() < count {
                let delivery = self.next().await?;
                if !matches!(delivery.outcome, Outcome::Again { .. }) {
                    answered.push(delivery);
                }
            }
            anyhow::Ok(())
        };
        let seen = tokio::time::timeout(PATIENCE, next).await;
        seen.with_context(|| format!("fewer than {count} events were answered"))??;
        Ok(answered)
    }

    async fn next(&mut self) -> anyhow::Result<Delivery> {
        loop {
            match self.0.next().await {
                Some(Happening::Delivery(delivery)) => return Ok(delivery),
                Some(Happening::Missed(missed)) => anyhow::bail!("{missed} happenings were not seen"),
                Some(_) => {}
                None => anyhow::bail!("the sandbox is gone"),
            }
        }
    }
}
