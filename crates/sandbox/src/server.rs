//! A running sandbox: started, reached by its address, gone when dropped.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::ServiceExt;
use axum::extract::Request;
use bkper_model::AgentId;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower::Layer;
use tower_http::normalize_path::NormalizePathLayer;

use crate::activity::{self, Backoff, Keys, Post, Settings};
use crate::api;
use crate::clock::{Clock, ClockError, Time, TimeChange};
use crate::control::{self, About, Facts};
use crate::faults::Faults;
use crate::google::{JWKS_PATH, Signer};
use crate::happening::Watch;
use crate::identity::{self, Identities};
use crate::manifest::{Manifest, ManifestError};
use crate::registry::{OwnEvents, RegisterError, Registry};
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
    apps: Vec<Manifest>,
    own_events: Vec<(AgentId, OwnEvents)>,
    post: Settings,
    faults: Faults,
    seed: Seed,
}

/// A running sandbox. It ends when this is dropped; what is in memory ends with it.
pub struct Sandbox {
    address: SocketAddr,
    facts: Facts,
    is_new: bool,
    world: Arc<World>,
    serving: JoinHandle<()>,
    delivering: JoinHandle<()>,
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
    /// The manifest of an app cannot be read.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// There is no client to send events with.
    #[error("cannot send events to apps")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
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
            apps: Vec::new(),
            own_events: Vec::new(),
            post: Settings::default(),
            faults: Faults::default(),
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

    /// What it is, and what is in it.
    pub fn about(&self) -> rusqlite::Result<About> {
        let (clock, faults) = (self.world.clock.time(), self.world.mischief.faults());
        self.world.transact(|db, _| control::about(db, self.facts.clone(), clock, faults))
    }

    /// Throws everything away and begins anew with the seed. The clock goes with the machine's again.
    pub fn reset(&self) -> Result<(), SeedError> {
        self.world.reset()
    }

    /// The state of a book as canonical JSON, equal for two runs that did the same; `None` when there is no such book.
    pub fn snapshot(&self, book: &str) -> Option<serde_json::Value> {
        self.world.transact(|db, world| control::snapshot(db, world.clock.now(), &book.into())).ok()
    }

    /// Where it publishes the key that signs its calls of apps, as a JWK set.
    pub fn jwks_url(&self) -> String {
        format!("{}{JWKS_PATH}", self.url())
    }

    /// What is still to go wrong on purpose.
    pub fn faults(&self) -> Faults {
        self.world.mischief.faults()
    }

    /// Lets this go wrong from now on, and nothing else.
    pub fn set_faults(&self, faults: Faults) {
        self.world.mischief.set(faults);
    }

    /// Waits until every app was told of everything that happened, and has answered.
    pub async fn settled(&self) {
        activity::settled(&self.world).await;
    }

    /// A new token that names the user, who is made when there is none. It does not expire.
    pub fn token(&self, user: &str) -> rusqlite::Result<String> {
        self.world.transact(|db, _| identity::issue(db, &identity::user_named(db, user)?, None))
    }

    /// What goes on from now on: calls of the API, and deliveries to apps.
    pub fn watch(&self) -> Watch {
        self.world.teller.watch()
    }

    /// Registers the app, owned by the default user. Where it is known already, this is what it says now, wherever it is
    /// installed.
    pub fn register(&self, manifest: impl Into<Manifest>) -> Result<(), RegisterError> {
        self.world.register(&manifest.into())
    }

    /// What its clock shows.
    pub fn time(&self) -> Time {
        self.world.clock.time()
    }

    /// Moves, stops or starts its clock. A sandbox that goes on with a file goes on with its clock.
    pub fn set_time(&self, change: TimeChange) -> Result<Time, ClockError> {
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
        self.delivering.abort();
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

    /// Registers the app, owned by the first user of the seed, who is the default user. Where it is known already, this is what it says now.
    #[must_use]
    pub fn app(mut self, manifest: impl Into<Manifest>) -> Self {
        self.apps.push(manifest.into());
        self
    }

    /// Sets whether this app is told of what it did itself: it is, unless this says otherwise.
    #[must_use]
    pub fn own_events(mut self, app: impl Into<AgentId>, own_events: OwnEvents) -> Self {
        self.own_events.push((app.into(), own_events));
        self
    }

    /// Signs the calls of apps with this key, instead of with a new one.
    #[must_use]
    pub fn signer(mut self, signer: impl Into<Arc<Signer>>) -> Self {
        self.post.keys = Keys::from(signer.into());
        self
    }

    /// How long the tokens last that apps get with an event: an hour, unless this says otherwise.
    #[must_use]
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.post.token_lifetime = lifetime;
        self
    }

    /// How long to wait before an event is sent again: the first time so long, then double as long each time up to the
    /// longest. From a second to a minute, unless this says otherwise.
    #[must_use]
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.post.backoff = Backoff { first, longest };
        self
    }

    /// How long an app has to answer: six minutes, unless this says otherwise.
    #[must_use]
    pub fn delivery_timeout(mut self, timeout: Duration) -> Self {
        self.post.timeout = timeout;
        self
    }

    /// Lets this go wrong from the beginning, and after every reset.
    #[must_use]
    pub fn faults(self, faults: Faults) -> Self {
        Self { faults, ..self }
    }

    /// Starts it.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        let failed = |source| StartError::Listen { address: self.listen, source };
        let listener = TcpListener::bind(self.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let db = store::open(&self.data)?;
        let post = Post::new(self.post).map_err(|error| StartError::Client(error.into()))?;
        let registry = Registry::read(&self.apps, self.own_events)?;
        let identities = Identities { strict: self.strict, default: self.seed.default_user().to_owned() };
        let world = World::new(db, Clock::default(), identities, registry, self.seed, post, self.faults);
        world.transact(|db, _| crate::ids::set_salt_once(db, rand::random()))?;
        world.transact(|db, _| store::files::set_address(db, &format!("http://{address}/sandbox/files")))?;
        let is_new = world.begin()?;
        let world = Arc::new(world);
        let api = format!("http://{address}");
        let jwks = format!("{api}{JWKS_PATH}");
        let facts = Facts { version: VERSION, api, jwks, data: self.data.file() };
        let routes = api::router(Arc::clone(&world))
            .merge(control::router(Arc::clone(&world), facts.clone()))
            .merge(activity::key_server(Arc::clone(&world)))
            .method_not_allowed_fallback(api::method_not_allowed);
        let service = NormalizePathLayer::trim_trailing_slash().layer(routes);
        let serving = tokio::spawn(async move {
            let service = ServiceExt::<Request>::into_make_service(service);
            if let Err(error) = axum::serve(listener, service).await {
                tracing::error!(%error, "the sandbox can no longer serve");
            }
        });
        let delivering = tokio::spawn(activity::deliver(Arc::clone(&world)));
        Ok(Sandbox { address, facts, is_new, world, serving, delivering })
    }
}
