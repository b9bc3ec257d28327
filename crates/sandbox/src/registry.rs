//! The apps that a sandbox is told of by whoever runs it: they are there from its beginning, and after every reset.

use std::sync::{Mutex, PoisonError};

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

/// An app cannot be registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Its manifest cannot be read.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The data cannot be written.
    #[error("cannot write the sandbox's data")]
    Write(#[from] rusqlite::Error),
}

/// The apps, and what they are told.
pub(crate) struct Registry {
    apps: Mutex<Vec<(AgentId, App)>>,
    own_events: Vec<(AgentId, OwnEvents)>,
}

impl Registry {
    pub(crate) fn read(
        manifests: &[Manifest],
        own_events: Vec<(AgentId, OwnEvents)>,
    ) -> Result<Self, ManifestError> {
        let apps = manifests.iter().map(Manifest::read_with_id).collect::<Result<_, _>>()?;
        Ok(Self { apps: Mutex::new(apps), own_events })
    }

    /// From now on the app is what this manifest says.
    pub(crate) fn put(&self, manifest: &Manifest) -> Result<(), ManifestError> {
        let (id, app) = manifest.read_with_id()?;
        let mut apps = self.apps.lock().unwrap_or_else(PoisonError::into_inner);
        apps.retain(|(known, _)| *known != id);
        apps.push((id, app));
        Ok(())
    }

    /// Registers the apps, owned by this user. Those that are known already are what they say now.
    pub(crate) fn register(&self, db: &Connection, owner: &str) -> rusqlite::Result<()> {
        for (id, manifest) in &*self.apps.lock().unwrap_or_else(PoisonError::into_inner) {
            apps::register(db, id, &user_named(db, owner)?, manifest)?;
        }
        for (id, own_events) in &self.own_events {
            store::apps::suppress_own_events(db, id, *own_events == OwnEvents::Suppress)?;
        }
        Ok(())
    }
}
