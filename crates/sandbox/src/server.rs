//! A running sandbox: started, reached by its address, gone when dropped.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use axum::ServiceExt;
use axum::extract::Request;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower::Layer;
use tower_http::normalize_path::NormalizePathLayer;

use crate::api;
use crate::clock::{Clock, NoSuchTime, Time, TimeChange};
use crate::control::{self, Facts};
use crate::happening::Watch;
use crate::identity::Identities;
use crate::seed::{Seed, SeedError};
use crate::store::{self, Data, OpenError};
use crate::world::World;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How a sandbox is started.
#[derive(Clone, Debug)]
pub struct Builder {
    listen: SocketAddr,
    data: Data,
    strict: bool,
    seed: Seed,
}

/// A running sandbox. It ends when this is dropped; what is in memory ends with it.
pub struct Sandbox {
    address: SocketAddr,
    is_new: bool,
    world: Arc<World>,
    serving: JoinHandle<()>,
}

/// The sandbox cannot be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened to.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The data cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The data cannot be written.
    #[error("cannot write the sandbox's data")]
    Write(#[from] rusqlite::Error),
    /// It cannot begin with the seed.
    #[error(transparent)]
    Seed(#[from] SeedError),
}

impl Sandbox {
    /// A sandbox in memory on a free port of this machine.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// A sandbox to be told more about.
    pub fn builder() -> Builder {
        Builder {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            data: Data::Memory,
            strict: false,
            seed: Seed::default(),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base of its URLs, without `/` at the end: what clients call the API's base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Whether it began with its seed, and does not go on with the state of a file.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Throws everything away and begins anew with the seed. The clock goes with the machine's again.
    pub fn reset(&self) -> Result<(), SeedError> {
        self.world.reset()
    }

    /// The state of a book as canonical JSON, equal for two runs that did the same; `None` when there is no such book.
    pub fn snapshot(&self, book: &str) -> Option<serde_json::Value> {
        self.world.transact(|db, world| control::snapshot(db, world.clock.now(), &book.into())).ok()
    }

    /// What goes on from now on: calls of the API, and deliveries to apps.
    pub fn watch(&self) -> Watch {
        self.world.teller.watch()
    }

    /// What its clock shows.
    pub fn time(&self) -> Time {
        self.world.clock.time()
    }

    /// Moves, stops or starts its clock.
    pub fn set_time(&self, change: TimeChange) -> Result<Time, NoSuchTime> {
        self.world.change_time(change)
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Builder {
    /// Listens here, instead of on a free port of this machine.
    #[must_use]
    pub fn listen(self, address: SocketAddr) -> Self {
        Self { listen: address, ..self }
    }

    /// Keeps the state in this file, which is made when there is none, instead of in memory.
    #[must_use]
    pub fn data(self, path: impl Into<PathBuf>) -> Self {
        Self { data: Data::File(path.into()), ..self }
    }

    /// Accepts only tokens that it knows, instead of any.
    #[must_use]
    pub fn strict(self) -> Self {
        Self { strict: true, ..self }
    }

    /// Begins with this, instead of with nothing. State that is in a file already stays as it is.
    #[must_use]
    pub fn seed(self, seed: Seed) -> Self {
        Self { seed, ..self }
    }

    /// Starts it.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        let failed = |source| StartError::Listen { address: self.listen, source };
        let listener = TcpListener::bind(self.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let db = store::open(&self.data)?;
        let world = World::new(db, Clock::default(), Identities { strict: self.strict }, self.seed);
        world.transact(|db, _| crate::ids::set_salt_once(db, rand::random()))?;
        world.transact(|db, _| store::files::set_address(db, &format!("http://{address}/sandbox/files")))?;
        let is_new = world.begin()?;
        let world = Arc::new(world);
        let facts = Facts { version: VERSION, api: format!("http://{address}"), data: self.data.file() };
        let routes = api::router(Arc::clone(&world)).merge(control::router(Arc::clone(&world), facts));
        let service = NormalizePathLayer::trim_trailing_slash().layer(routes);
        let serving = tokio::spawn(async move {
            let service = ServiceExt::<Request>::into_make_service(service);
            if let Err(error) = axum::serve(listener, service).await {
                tracing::error!(%error, "the sandbox can no longer serve");
            }
        });
        Ok(Sandbox { address, is_new, world, serving })
    }
}
