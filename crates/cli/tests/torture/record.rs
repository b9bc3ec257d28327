//! What the journal says, read beside the host that runs on it.

use bookhook::journal::{Cursor, Location, Reader};
use bookhook::model::{Delivery, Filter, Run, State};
use bookhook_testkit::eventually;

const PAGE: usize = 500;

/// The deliveries after this place, in the order of append, with their runs; and the place after them.
pub(crate) async fn read(journal: &Location, after: Cursor) -> (Vec<Recorded>, Cursor) {
    let reader = Reader::open(journal).await.unwrap();
    let (mut deliveries, mut cursor) = (Vec::new(), after);
    loop {
        let page = reader.list_after(&Filter::default(), cursor, PAGE).await.unwrap();
        cursor = page.next.unwrap();
        if page.items.is_empty() {
            return (deliveries, cursor);
        }
        for listed in page.items {
            let mut delivery = reader.find(listed.id).await.unwrap().unwrap();
            let runs = delivery.runs.take().unwrap();
            deliveries.push(Recorded { delivery, runs });
        }
    }
}

/// Waits until nothing waits, and nothing runs.
pub(crate) async fn until_settled(journal: &Location) {
    let reader = Reader::open(journal).await.unwrap();
    eventually("everything to be settled", async || {
        for state in [State::Waiting, State::Running] {
            let filter = Filter { state: Some(state), ..Filter::default() };
            if !reader.list(&filter, None, 1).await.unwrap().items.is_empty() {
                return None;
            }
        }
        Some(())
    })
    .await;
}

/// A delivery and its runs.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) delivery: Delivery,
    pub(crate) runs: Vec<Run>,
}

impl Recorded {
    pub(crate) fn event_id(&self) -> &str {
        self.delivery.event_id.as_ref().map_or("", |id| &*id.0)
    }

    /// The book, which is the lane.
    pub(crate) fn book(&self) -> &str {
        self.delivery.book_id.as_deref().unwrap_or_default()
    }
}

/// The text of a run's response, if it has one.
pub(crate) fn response(run: &Run) -> Option<&[u8]> {
    run.response.as_ref().map(|response| &response.json()[..])
}
