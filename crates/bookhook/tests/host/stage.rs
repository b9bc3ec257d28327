//! An app with its folder, Bkper in front of it, and hosts that serve it and can crash.

use std::net::SocketAddr;
use std::sync::Arc;

use bookhook::config::{Config, ConsoleConfig, JournalLocation, Jwks, SealingKey, Verification};
use bookhook::model::{Actor, Cause, Delivery, Filter, HookName, Policy};
use bookhook::{Context, EventType, Hook, Host, Response, Result, RunningHost};
use bookhook_testkit::{Bkper, Example, Gate, Post, Reply, Runs, eventually, example, wait};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

pub(crate) const APP: &str = "tax-bot";
const PATH: &str = "/hooks/tax-bot";
const NEIGHBOUR: &str = "/hooks/neighbour";
const PUBLIC_URL: &str = "https://hooks.example.com";

/// The types that the app declares; it has no function for the last one.
const DECLARED: [&str; 2] = ["TRANSACTION_CHECKED", "ACCOUNT_CREATED"];

/// What stays when a host ends: the app's folder, with the journal in it, and Bkper.
pub(crate) struct Stage {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) bkper: Arc<Bkper>,
    key: Option<[u8; 32]>,
    api: Option<String>,
    console: Option<ConsoleConfig>,
}

/// A host, on a runtime of its own: when that is dropped, nothing of it is left but the journal.
pub(crate) struct Serving {
    runtime: Option<Runtime>,
    host: Option<RunningHost>,
    bkper: Arc<Bkper>,
    address: SocketAddr,
}

/// What a handler is told of its run.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) event: String,
    pub(crate) book: String,
    pub(crate) cause: Cause,
    pub(crate) run: u32,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let manifest = json!({"id": APP, "events": DECLARED});
        std::fs::write(folder.path().join("bkper.json"), manifest.to_string()).unwrap();
        let bkper = Arc::new(Bkper::calling(&format!("{PUBLIC_URL}{PATH}")));
        Self { folder, bkper, key: None, api: None, console: None }
    }

    /// From now on hosts seal with this key.
    pub(crate) fn with_key(&mut self, byte: u8) {
        self.key = Some([byte; 32]);
    }

    /// From now on handlers find Bkper's API here.
    pub(crate) fn with_api(&mut self, url: String) {
        self.api = Some(url);
    }

    /// From now on hosts have an operators' door, like this.
    pub(crate) fn with_console(&mut self, console: ConsoleConfig) {
        self.console = Some(console);
    }

    /// The app, whose handler is written in Rust and is still to be given.
    pub(crate) fn app(&self) -> Hook {
        Hook::bkper(self.folder.path()).unwrap().verify(Verification {
            service_account: Verification::SERVICE_ACCOUNT.to_owned(),
            audiences: vec![format!("{PUBLIC_URL}{PATH}")],
            issuer: Verification::ISSUER.to_owned(),
            jwks: Jwks::File(self.bkper.jwks_file()),
        })
    }

    /// The app with a handler that notes its runs, waits at the gate, and then answers with [`answer`].
    pub(crate) fn gated(&self, runs: &Runs, gate: &Gate, policy: Policy) -> Hook {
        let gate = gate.clone();
        let hook = handled(self.app(), runs, move |told| {
            let gate = gate.clone();
            async move {
                gate.pass().await;
                Ok(answer(&told))
            }
        });
        hook.policy(policy)
    }

    /// The app with a handler that notes its runs and answers with [`answer`].
    pub(crate) fn prompt(&self, runs: &Runs) -> Hook {
        let gate = Gate::closed();
        gate.open();
        self.gated(runs, &gate, Policy::default())
    }

    /// Serves the hook on this stage's journal.
    pub(crate) async fn serve(&self, hook: Hook) -> Serving {
        let config = Config::from_env(&|_| None).unwrap().config;
        self.start(config, Some(hook)).await
    }

    /// Serves the app with a handler behind a URL, as a configuration file says it. `policy` is lines of the hook.
    pub(crate) async fn serve_url(&self, url: &str, policy: &[&str]) -> Serving {
        self.serve_handler(&format!("{{http: \"{url}\"}}"), policy).await
    }

    /// The same with any handler, as a configuration file says it. Beside it is a hook that is well: a command that
    /// answers at once, at [`Serving::post_to_neighbour`].
    pub(crate) async fn serve_handler(&self, handler: &str, policy: &[&str]) -> Serving {
        let policy: Vec<String> = policy.iter().map(|line| format!("    {line}\n")).collect();
        let jwks = self.bkper.jwks_file();
        let source = |path| {
            format!(
                "    source:\n      bkper:\n        manifest: .\n        path: {path}\n        audience: {PUBLIC_URL}{PATH}\n        \
                 jwks_url: \"file:{}\"\n",
                jwks.display()
            )
        };
        let yaml = format!(
            "hooks:\n  {APP}:\n    handler: {handler}\n{}{}  neighbour:\n    handler: {{exec: {{command: [echo, '{{\"result\": \"well\"}}']}}}}\n{}",
            source(PATH),
            policy.concat(),
            source(NEIGHBOUR),
        );
        let path = self.folder.path().join("bookhook.yaml");
        std::fs::write(&path, yaml).unwrap();
        let loaded = Config::load(&path, &|_| None).unwrap_or_else(|errors| panic!("{errors}"));
        self.start(loaded.config, None).await
    }

    pub(crate) async fn start(&self, mut config: Config, hook: Option<Hook>) -> Serving {
        config.listen = "127.0.0.1:0".parse().unwrap();
        config.console = self.console.clone();
        config.journal = JournalLocation::Sqlite(self.folder.path().join("bookhook.db"));
        config.key = self.key.map(|key| SealingKey::new(Box::new(key)));
        let host = hook.into_iter().fold(Host::new(config), Host::hook);
        let host = self.api.iter().fold(host, Host::api);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let host = runtime.spawn(host.start()).await.unwrap().unwrap();
        let address = host.address();
        Serving { runtime: Some(runtime), host: Some(host), bkper: Arc::clone(&self.bkper), address }
    }

    /// Every byte of every file of the journal.
    pub(crate) fn journal_bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let is_the_journals = |path: &std::path::PathBuf| path.to_string_lossy().contains("bookhook.db");
        files.filter(is_the_journals).flat_map(|path| std::fs::read(path).unwrap()).collect()
    }
}

impl Serving {
    pub(crate) fn host(&self) -> &RunningHost {
        self.host.as_ref().unwrap()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Bkper's call with an event.
    pub(crate) fn post(&self, event: impl Into<Vec<u8>>) -> Post {
        self.bkper.post(self.address, PATH).body(event)
    }

    /// The same to the hook beside it.
    pub(crate) fn post_to_neighbour(&self, event: impl Into<Vec<u8>>) -> Post {
        self.bkper.post(self.address, NEIGHBOUR).body(event)
    }

    /// The answer to a call that some other task waits for.
    pub(crate) async fn sending(&self, event: &Example) -> tokio::task::JoinHandle<Reply> {
        let exchange = self.post(event).begin().await;
        tokio::spawn(exchange.reply())
    }

    /// Sends an event, and waits until it is in the journal: what is sent after this is behind it.
    pub(crate) async fn sent(&self, event: &Example) -> tokio::task::JoinHandle<Reply> {
        let sending = self.sending(event).await;
        self.until(event, "it is in the journal", |_| true).await;
        sending
    }

    /// Sends an event that nobody handles. When it is answered, what was sent before it is in the journal too: the
    /// host has one thread, and takes connections and acts in their order.
    pub(crate) async fn until_taken(&self) {
        assert_eq!(self.post(example("BOOK_AUDITED").id("behind")).send().await.status, 200);
    }

    /// The deliveries of this event with their runs, in the order of append.
    pub(crate) async fn deliveries(&self, event: &Example) -> Vec<Delivery> {
        self.listed(Filter { event_id: Some(event.event_id().to_owned()), ..Filter::default() }).await
    }

    /// All deliveries, likewise.
    pub(crate) async fn all(&self) -> Vec<Delivery> {
        self.listed(Filter::default()).await
    }

    /// The one delivery of this event.
    pub(crate) async fn delivery(&self, event: &Example) -> Delivery {
        let mut found = self.deliveries(event).await;
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    /// The delivery of this event, as soon as it is so.
    pub(crate) async fn until(
        &self,
        event: &Example,
        what: &str,
        mut is_so: impl FnMut(&Delivery) -> bool,
    ) -> Delivery {
        let what = format!("{}: {what}", event.event_id());
        eventually(&what, async || self.deliveries(event).await.into_iter().next().filter(&mut is_so)).await
    }

    /// How often the door refused for this reason.
    pub(crate) fn refused(&self, reason: &str) -> u64 {
        let lines = self.host().refused().into_iter();
        lines.filter(|line| line.reason == reason).map(|line| line.count).sum()
    }

    pub(crate) async fn pause(&self) {
        let dispatcher = self.host().dispatcher().clone();
        self.within(async move {
            dispatcher.pause(dispatcher.hook(&app_hook()).unwrap(), None, &Actor::host()).await.unwrap();
        })
        .await;
    }

    pub(crate) async fn resume(&self) {
        let dispatcher = self.host().dispatcher().clone();
        self.within(async move {
            dispatcher.resume(dispatcher.hook(&app_hook()).unwrap(), &Actor::host()).await.unwrap();
        })
        .await;
    }

    /// Begins to drain; the host is gone when the task ends.
    pub(crate) fn stopping(&mut self) -> tokio::task::JoinHandle<()> {
        let host = self.host.take().unwrap();
        self.runtime.as_ref().unwrap().spawn(host.stop())
    }

    /// Ends as a host should.
    pub(crate) async fn stop(mut self) {
        wait::in_time("the host to drain", self.stopping()).await.unwrap();
    }

    /// Ends as a host does that is killed: every task stops where it is.
    pub(crate) async fn crash(mut self) {
        let (runtime, host) = (self.runtime.take().unwrap(), self.host.take());
        let ended = tokio::task::spawn_blocking(move || {
            runtime.shutdown_timeout(wait::BOUND);
            // With the last clone of the journal, its lock is gone.
            drop(host);
        });
        ended.await.unwrap();
    }

    async fn within(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.runtime.as_ref().unwrap().spawn(work).await.unwrap();
    }

    async fn listed(&self, filter: Filter) -> Vec<Delivery> {
        let journal = self.host().journal();
        let page = journal.list(&filter, None, 1000).await.unwrap();
        let mut deliveries = Vec::new();
        for delivery in page.items.into_iter().rev() {
            deliveries.push(journal.find(delivery.id).await.unwrap().unwrap());
        }
        deliveries
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// An event that the app handles.
pub(crate) fn event(id: &str, book: &str) -> Example {
    example("TRANSACTION_CHECKED").id(id).book(book)
}

pub(crate) fn app_hook() -> HookName {
    APP.parse().unwrap()
}

/// The hook with this work for the type that the app handles; its runs are noted.
pub(crate) fn handled<Work, Fut>(hook: Hook, runs: &Runs, work: Work) -> Hook
where
    Work: Fn(Told) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Response>> + Send + 'static,
{
    let (runs, work) = (runs.clone(), Arc::new(work));
    hook.on(EventType::TransactionChecked, move |cx: Context| {
        let (runs, work) = (runs.clone(), Arc::clone(&work));
        async move {
            let payload: Value = serde_json::from_slice(cx.body())?;
            let text = |field: &str| payload[field].as_str().unwrap_or_default().to_owned();
            let (event, book) = (text("id"), text("bookId"));
            let told = Told { event, book, cause: cx.cause(), run: cx.run().0 };
            let _running = runs.begin(&told.book, &told.event, told.cause);
            work(told).await
        }
    })
}

/// What handlers answer here: another response for every run.
pub(crate) fn answer(told: &Told) -> Response {
    Response::result(format!("{} run {}", told.event, told.run))
}
