//! What the functions of the routes work with.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use jiff::Timestamp;

use bookhook_dispatch::{Clock, Dispatcher};
use bookhook_journal::Journal;
use bookhook_model::HookName;

use crate::access::Access;
use crate::routes;
use crate::stream::Streams;

/// What a console is made of.
pub struct Setup {
    /// What is looked at.
    pub journal: Journal,
    /// What does what operators ask for.
    pub dispatcher: Dispatcher,
    /// The hooks of this host, in the order in which they are shown.
    pub hooks: Vec<HookAbout>,
    /// What the public door has refused since the start.
    pub refused: Box<dyn Fn() -> Vec<Refused> + Send + Sync>,
    /// Where the time comes from.
    pub clock: Clock,
}

/// A hook, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookAbout {
    /// Its name.
    pub name: HookName,
    /// The kind of its source, such as `bkper`.
    pub source: String,
    /// What handles its events, for people; without secrets.
    pub handler: String,
}

/// How often the public door refused for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The hook; `None` when the call was for none.
    pub hook: Option<HookName>,
    /// Why, as a short stable name.
    pub reason: &'static str,
    /// How many.
    pub count: u64,
}

/// The operators' door. Cheap to clone.
#[derive(Clone)]
pub struct Console {
    shared: Arc<Shared>,
}

struct Shared {
    setup: Setup,
    access: Access,
    streams: Streams,
}

impl Console {
    /// A door that is not open yet, to whoever has access.
    pub fn new(setup: Setup, access: Access) -> Self {
        Self { shared: Arc::new(Shared { setup, access, streams: Streams::default() }) }
    }

    /// Ends the streams that are open: they would go on for ever.
    pub(crate) fn close(&self) {
        self.shared.streams.close();
    }

    pub(crate) fn router(&self) -> Router {
        routes::router(self.clone())
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.shared.setup.journal
    }

    pub(crate) fn dispatcher(&self) -> &Dispatcher {
        &self.shared.setup.dispatcher
    }

    pub(crate) fn hooks(&self) -> &[HookAbout] {
        &self.shared.setup.hooks
    }

    pub(crate) fn refused(&self) -> Vec<Refused> {
        (self.shared.setup.refused)()
    }

    pub(crate) fn access(&self) -> &Access {
        &self.shared.access
    }

    pub(crate) fn streams(&self) -> &Streams {
        &self.shared.streams
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.shared.setup.clock)()
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console").field("hooks", &self.shared.setup.hooks).finish_non_exhaustive()
    }
}
