//! What is erased from the journal leaves its lane too.

use std::sync::Arc;

use tracing::info;

use bookhook_journal::{Erase, Erased, Whose};
use bookhook_model::{Actor, DeliveryId};

use crate::answer::Later;
use crate::dispatcher::{Dispatcher, Shared};
use crate::life;
use crate::operators::{ActError, see_through};
use crate::scheduler::Happened;

impl Dispatcher {
    /// Removes everything of one book, or that one app or person caused: deliveries in whatever state with payloads, runs
    /// and responses. What waits or is held leaves its lane; what runs just now is left, and reported. What is left of it
    /// then, and where, [`bookhook_journal::Journal::erase`] tells.
    ///
    /// Dropped before it resolves, it goes on.
    pub async fn erase(&self, whose: Whose, who: &Actor) -> Result<Erased, ActError> {
        let (shared, who) = (Arc::clone(&self.shared), who.clone());
        see_through(async move {
            let act = Erase { whose, who: who.clone(), at: (shared.clock)() };
            let erased = shared.journal.erase(act, |id| shared.forget(id)).await?;
            info!(%who, deliveries = erased.deliveries, running = erased.running.len(), "erased");
            Ok(erased)
        })
        .await
    }
}

impl Shared {
    /// The delivery is no longer in the journal: it leaves its lane, and a lane that waits for it goes on. Should its turn have come meanwhile, the journal has refused that, and its
    /// task gives back what it had taken.
    fn forget(self: &Arc<Self>, id: DeliveryId) {
        let stay = {
            let (mut desk, now) = (self.desk(), (self.clock)());
            let mut actions = desk.lane_goes_on_after(id, now);
            let stay = desk.ticket_of(id).and_then(|ticket| {
                actions.extend(desk.step(Happened::Left(ticket), now));
                desk.remove(ticket)
            });
            self.perform(&mut desk, actions);
            stay
        };
        if let Some(stay) = stay {
            life::tell_later(self, stay, Later::Erased);
        }
    }
}
