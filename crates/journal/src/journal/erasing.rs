//! All that is known of a book, an app or a person is removed.

use std::time::Duration;

use bookhook_model::DeliveryId;

use crate::error::WriteError;
use crate::removal::{Erase, Erased, ErasedSome, NoteErasure, Targets, Whose};
use crate::texts;

use super::Journal;

/// So often it is tried to empty the log behind an erasure, with a pause in between.
const WIPES_MAX: u32 = 50;
const WIPE_PAUSE: Duration = Duration::from_millis(200);

impl Journal {
    /// Removes everything of one book, or that one app or person caused: deliveries in whatever state with payloads, runs
    /// and responses, but for those that run just now; and remembers that, without saying whose. No query finds it then,
    /// and with SQLite nothing of it is readable in the journal's files, if those are small enough to be written anew;
    /// else it is told in the log what may be left.
    ///
    /// It is done in small portions, so that others write in between. `taken_out` is told every delivery that was waiting,
    /// held or parked, so that a scheduler can forget it. Cancelled, or when it fails, it has removed some.
    pub async fn erase(
        &self,
        act: Erase,
        mut taken_out: impl FnMut(DeliveryId) + Send,
    ) -> Result<Erased, WriteError> {
        let Erase { whose, who, at } = act;
        let mut erased = Erased::default();
        let mut take = |some: ErasedSome| {
            erased.deliveries += some.deliveries;
            erased.running.extend(some.running);
            some.open.into_iter().for_each(&mut taken_out);
        };
        match texts::of_whose(whose.clone()) {
            Whose::Book(book) => self.remove(Targets::OfBook(book), &mut take).await?,
            Whose::Agent(agent) => self.remove(Targets::OfAgent(agent), &mut take).await?,
            Whose::User(user) => self.remove_of_user(&user, &mut take).await?,
        }
        self.backend.note_erasure(NoteErasure { who, at, detail: detail(&whose, &erased) }).await?;
        while self.give_back().await? {}
        self.backend.vacuum().await?;
        self.wipe().await?;
        Ok(erased)
    }

    async fn remove(
        &self,
        targets: Targets,
        take: &mut (impl FnMut(ErasedSome) + Send),
    ) -> Result<(), WriteError> {
        let mut after = Some(0);
        while let Some(place) = after {
            let some = self.backend.erase_some(targets.clone(), place).await?;
            after = some.next;
            take(some);
        }
        Ok(())
    }

    /// Walks through all of the journal, where others read, for there is no index of users.
    async fn remove_of_user(
        &self,
        user: &str,
        take: &mut (impl FnMut(ErasedSome) + Send),
    ) -> Result<(), WriteError> {
        // What was handed in before is there to be read then.
        self.backend.probe().await?;
        let mut after = Some(0);
        while let Some(place) = after {
            let found = self.backend.find_of_user(user.to_owned(), place).await?;
            after = found.next;
            if !found.places.is_empty() {
                self.remove(Targets::At(found.places.into()), take).await?;
            }
        }
        Ok(())
    }

    /// A reader may be in the way for a while.
    async fn wipe(&self) -> Result<(), WriteError> {
        for _ in 0..WIPES_MAX {
            if self.backend.wipe().await? {
                return Ok(());
            }
            tokio::time::sleep(WIPE_PAUSE).await;
        }
        Err(WriteError::NotWiped)
    }
}

/// Says nothing of whom: that is what is to be forgotten.
fn detail(whose: &Whose, erased: &Erased) -> String {
    let (count, running) = (erased.deliveries, erased.running.len());
    let deliveries = if count == 1 { "delivery" } else { "deliveries" };
    let left = if running > 0 { format!(", {running} left that ran") } else { String::new() };
    format!("by {whose}: {count} {deliveries}{left}")
}
