//! What a server works on: to whom its output belongs, and which secrets may be in it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bookhook_model::{DeliveryId, SecretHeader};
use secrecy::ExposeSecret;

use crate::Invocation;
use crate::excerpt::Secrets;

/// A server may still speak of a token when its run has ended; so many of those are remembered.
const REMEMBERED: usize = 32;

/// The runs that a server works on.
#[derive(Debug, Default)]
pub(super) struct InFlight(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    running: Vec<(DeliveryId, Vec<SecretHeader>)>,
    remembered: VecDeque<SecretHeader>,
}

/// A run that is in flight until this is dropped.
#[derive(Debug)]
pub(super) struct Flight<'a> {
    all: &'a InFlight,
    delivery: DeliveryId,
}

impl InFlight {
    pub(super) fn begin(&self, invocation: &Invocation) -> Flight<'_> {
        let delivery = invocation.delivery;
        self.known().running.push((delivery, invocation.event.secrets.clone()));
        Flight { all: self, delivery }
    }

    /// The one delivery that is in flight, if it is one.
    pub(super) fn only_one(&self) -> Option<DeliveryId> {
        match self.known().running.as_slice() {
            [(delivery, _)] => Some(*delivery),
            _ => None,
        }
    }

    /// What `tell` makes of the secrets that the server was given of late.
    pub(super) fn hiding<T>(&self, tell: impl FnOnce(&Secrets<'_>) -> T) -> T {
        // Cloned, so that nobody waits for what is told.
        let headers = self.known().secrets();
        tell(&Secrets::of(&headers))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn secrets(&self) -> Vec<SecretHeader> {
        self.running.iter().flat_map(|(_, secrets)| secrets).chain(&self.remembered).cloned().collect()
    }

    fn end(&mut self, delivery: DeliveryId) {
        let Some(at) = self.running.iter().position(|(running, _)| *running == delivery) else { return };
        let (_, secrets) = self.running.swap_remove(at);
        for secret in secrets {
            self.remembered.retain(|other| other.value.expose_secret() != secret.value.expose_secret());
            self.remembered.truncate(REMEMBERED - 1);
            self.remembered.push_front(secret);
        }
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.all.known().end(self.delivery);
    }
}

#[cfg(test)]
mod tests {
    use bookhook_model::{Cause, Event, Fingerprint, RunNumber};
    use bytes::Bytes;

    use super::*;

    fn invocation(number: u8) -> Invocation {
        let token =
            SecretHeader { name: "bkper-oauth-token".into(), value: format!("token-{number}").into() };
        Invocation {
            hook: "tax-bot".parse().unwrap(),
            delivery: DeliveryId::from_bytes([number; 16]),
            run: RunNumber::FIRST,
            cause: Cause::First,
            event: Event {
                id: None,
                event_type: "TRANSACTION_CHECKED".into(),
                lane: None,
                book_id: None,
                agent_id: None,
                user_id: None,
                headers: Vec::new(),
                secrets: vec![token],
                body: Bytes::new(),
                fingerprint: Fingerprint([0; 16]),
            },
        }
    }

    #[test]
    fn output_belongs_to_the_only_run_there_is() {
        let (in_flight, one, other) = (InFlight::default(), invocation(1), invocation(2));
        assert_eq!(in_flight.only_one(), None);
        let first = in_flight.begin(&one);
        assert_eq!(in_flight.only_one(), Some(one.delivery));
        let second = in_flight.begin(&other);
        assert_eq!(in_flight.only_one(), None);
        drop(first);
        assert_eq!(in_flight.only_one(), Some(other.delivery));
        drop(second);
        assert_eq!(in_flight.only_one(), None);
    }

    #[test]
    fn a_token_is_hidden_while_its_run_is_in_flight_and_a_good_while_after() {
        let in_flight = InFlight::default();
        let shown =
            |number: u8| in_flight.hiding(|secrets| secrets.shown(format!("token-{number}").as_bytes()));
        let running = invocation(250);
        let flight = in_flight.begin(&running);
        for number in 100..200 {
            drop(in_flight.begin(&invocation(number)));
        }
        assert_eq!(shown(250), "[sealed]");
        assert_eq!(shown(199), "[sealed]");
        assert_eq!(shown(170), "[sealed]");
        drop(flight);
        assert_eq!(in_flight.known().remembered.len(), REMEMBERED);
    }
}
