//! The apps that a sandbox is started with: they are there from its beginning, and after every reset.

use bkper_model::{AgentId, App};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::identity::user_named;
use crate::ledger::apps;
use crate::manifest::{Manifest, ManifestError};
use crate::store;

/// What an app is told of what it did itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OwnEvents {
    /// It is told, as Bkper's documentation says.
    #[default]
    Deliver,
    /// It is not told.
    Suppress,
}

/// The apps, and what they are told.
pub(crate) struct Registry {
    apps: Vec<(AgentId, App)>,
    own_events: Vec<(AgentId, OwnEvents)>,
}

impl Registry {
    pub(crate) fn read(
        manifests: &[Manifest],
        own_events: Vec<(AgentId, OwnEvents)>,
    ) -> Result<Self, ManifestError> {
        let apps = manifests.iter().map(Manifest::read_with_id).collect::<Result<_, _>>()?;
        Ok(Self { apps, own_events })
    }

    /// Registers the apps, owned by this user. Those that are known already are what they say now.
    pub(crate) fn register(&self, db: &Connection, owner: &str) -> rusqlite::Result<()> {
        for (id, manifest) in &self.apps {
            apps::register(db, id, &user_named(db, owner)?, manifest)?;
        }
        for (id, own_events) in &self.own_events {
            store::apps::suppress_own_events(db, id, *own_events == OwnEvents::Suppress)?;
        }
        Ok(())
    }
}
