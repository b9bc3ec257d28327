//! The sandbox with its people and books, the host with its apps, and the road between them.

use std::net::SocketAddr;
use std::time::Duration;

use bkper_client::model::{Account, AccountType, App, Book, Event, Integration, Transaction};
use bkper_client::{BookHandle, Client, NewTransaction};
use bookhook::config::{Config, JournalLocation, Jwks, Verification};
use bookhook::model::{Actor, Delivery, Filter};
use bookhook::{EventType, Hook, Host, Refused, RunningHost};
use bookhook_sandbox::{Builder, Sandbox};
use bookhook_testkit::wait;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::road::Road;

/// What stays when a host ends: the sandbox, the road, and the host's folder with its journal.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) road: Road,
    /// A person who works in books.
    pub(crate) mia: Client,
    folder: TempDir,
}

/// A host, on a runtime of its own: when that is dropped, nothing of it is left but the journal.
pub(crate) struct Serving {
    runtime: Option<Runtime>,
    host: Option<RunningHost>,
}

/// After so long a test has failed.
const PATIENCE: Duration = Duration::from_mins(2);

/// A sandbox where a retry takes milliseconds.
pub(crate) fn hasty() -> Builder {
    Sandbox::builder().backoff(Duration::from_millis(2), Duration::from_millis(20))
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::with(hasty()).await
    }

    pub(crate) async fn with(builder: Builder) -> Self {
        let sandbox = builder.start().await.unwrap();
        let mia = Client::builder().base_url(sandbox.url()).token("mia").build().unwrap();
        Self { sandbox, road: Road::build().await, mia, folder: tempfile::tempdir().unwrap() }
    }

    /// A book of mia's with a bank account, sales, and a tax that is owed.
    pub(crate) async fn book(&self, name: &str) -> BookHandle {
        let book = Book { name: Some(name.into()), ..Book::default() };
        let book = self.mia.book(self.mia.create_book(&book).await.unwrap());
        for (name, account_type) in [
            ("Bank Account", AccountType::Asset),
            ("Product Sales", AccountType::Incoming),
            ("Output Tax", AccountType::Liability),
        ] {
            let account =
                Account { name: Some(name.into()), account_type: Some(account_type), ..Account::default() };
            book.create_account(&account).await.unwrap();
        }
        book
    }

    /// Registers an app that is told of these types, and called at the end of the road.
    pub(crate) async fn register(&self, app: &str, events: &[EventType]) {
        let manifest = App {
            id: Some(app.into()),
            events: Some(events.to_vec()),
            webhook_url: Some(self.webhook_url(app)),
            ..App::default()
        };
        std::fs::write(self.manifest(app), serde_json::to_string(&manifest).unwrap()).unwrap();
        self.mia.with_token("owner").create_app(&manifest).await.unwrap();
    }

    /// Mia installs the app in the book.
    pub(crate) async fn install(&self, app: &str, book: &BookHandle) -> Integration {
        let integration = Integration { agent_id: Some(app.into()), ..Integration::default() };
        book.create_integration(&integration).await.unwrap()
    }

    /// A book with an app that is told of these types there.
    pub(crate) async fn book_with(&self, app: &str, events: &[EventType]) -> BookHandle {
        self.register(app, events).await;
        let book = self.book("Aurora").await;
        self.install(app, &book).await;
        book
    }

    /// The app's hook, without a handler, which trusts the sandbox's calls and nobody else's.
    pub(crate) fn hook(&self, app: &str) -> Hook {
        Hook::bkper(self.manifest(app)).unwrap().verify(self.verification(app))
    }

    /// Of the app's callers, the sandbox and nobody else.
    pub(crate) fn verification(&self, app: &str) -> Verification {
        Verification {
            service_account: Verification::SERVICE_ACCOUNT.to_owned(),
            audiences: vec![self.webhook_url(app)],
            issuer: Verification::ISSUER.to_owned(),
            jwks: Jwks::Url(self.sandbox.jwks_url().parse().unwrap()),
        }
    }

    /// Serves these hooks, on this scene's journal, at the end of the road.
    pub(crate) async fn serve(&self, hooks: impl IntoIterator<Item = Hook>) -> Serving {
        let config = Config::from_env(&|_| None).unwrap().config;
        self.start(config, hooks).await
    }

    /// Serves the app with a handler behind a URL, as a configuration file says it.
    pub(crate) async fn serve_url(&self, app: &str, url: &str) -> Serving {
        let yaml = format!(
            "public_url: {}\nhooks:\n  {app}:\n    handler: {{http: \"{url}\"}}\n    source:\n      bkper:\n        \
             manifest: {app}.json\n        jwks_url: {}\n",
            self.road.url(),
            self.sandbox.jwks_url(),
        );
        let path = self.folder.path().join("bookhook.yaml");
        std::fs::write(&path, yaml).unwrap();
        let loaded = Config::load(&path, &|_| None).unwrap_or_else(|errors| panic!("{errors}"));
        self.start(loaded.config, []).await
    }

    /// Waits until every app was told of everything that happened, and has answered.
    pub(crate) async fn settled(&self) {
        let settled = tokio::time::timeout(PATIENCE, self.sandbox.settled()).await;
        assert!(settled.is_ok(), "not every event was answered within {PATIENCE:?}");
    }

    /// What happened in the book, oldest first.
    pub(crate) async fn events(&self, book: &BookHandle, of: &EventType) -> Vec<Event> {
        let mut events = book.events().of_type(of).all().await.unwrap();
        events.reverse();
        events
    }

    /// What apps answered to the book's events of this type, as its activity shows it, oldest event first.
    pub(crate) async fn activity(&self, book: &BookHandle, of: &EventType) -> Vec<Vec<String>> {
        self.events(book, of).await.iter().map(shown).collect()
    }

    /// Serves what the configuration says and these hooks, on this scene's journal, at the end of the road.
    pub(crate) async fn start(&self, mut config: Config, hooks: impl IntoIterator<Item = Hook>) -> Serving {
        config.listen = "127.0.0.1:0".parse().unwrap();
        config.journal = JournalLocation::Sqlite(self.folder.path().join("bookhook.db"));
        let host = hooks.into_iter().fold(Host::new(config).api(self.sandbox.url()), Host::hook);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let host = runtime.spawn(host.start()).await.unwrap().unwrap();
        self.road.lead_to(host.address());
        Serving { runtime: Some(runtime), host: Some(host) }
    }

    fn webhook_url(&self, app: &str) -> String {
        format!("{}/hooks/{app}", self.road.url())
    }

    /// Where the app's manifest is.
    pub(crate) fn manifest(&self, app: &str) -> std::path::PathBuf {
        self.folder.path().join(format!("{app}.json"))
    }
}

impl Serving {
    pub(crate) fn address(&self) -> SocketAddr {
        self.host().address()
    }

    /// What was turned away at the door.
    pub(crate) fn refused(&self) -> Vec<Refused> {
        self.host().refused()
    }

    /// Holds the app's events back from its handler.
    pub(crate) async fn pause(&self, app: &str) {
        let (dispatcher, app) = (self.host().dispatcher().clone(), app.parse().unwrap());
        let paused = async move {
            dispatcher.pause(dispatcher.hook(&app).unwrap(), None, &Actor::host()).await.unwrap();
        };
        self.runtime.as_ref().unwrap().spawn(paused).await.unwrap();
    }

    /// No longer does.
    pub(crate) async fn resume(&self, app: &str) {
        let (dispatcher, app) = (self.host().dispatcher().clone(), app.parse().unwrap());
        let resumed =
            async move { dispatcher.resume(dispatcher.hook(&app).unwrap(), &Actor::host()).await.unwrap() };
        self.runtime.as_ref().unwrap().spawn(resumed).await.unwrap();
    }

    /// All deliveries with their runs, in the order of append.
    pub(crate) async fn deliveries(&self) -> Vec<Delivery> {
        let journal = self.host().journal();
        let page = journal.list(&Filter::default(), None, 10_000).await.unwrap();
        let mut deliveries = Vec::new();
        for delivery in page.items.into_iter().rev() {
            deliveries.push(journal.find(delivery.id).await.unwrap().unwrap());
        }
        deliveries
    }

    /// The only delivery, as soon as there is one and it is so.
    pub(crate) async fn until(&self, what: &str, is_so: impl Fn(&Delivery) -> bool) -> Delivery {
        wait::eventually(what, async || {
            let mut deliveries = self.deliveries().await;
            assert!(deliveries.len() <= 1, "{deliveries:?}");
            deliveries.pop().filter(&is_so)
        })
        .await
    }

    /// Waits until the journal knows that all callers were answered.
    pub(crate) async fn all_answered(&self) {
        let is_answered = |delivery: &Delivery| delivery.answered.is_some();
        let all = async || self.deliveries().await.iter().all(is_answered).then_some(());
        wait::eventually("every caller was answered", all).await;
    }

    /// Ends as a host should.
    pub(crate) async fn stop(mut self) {
        let host = self.host.take().unwrap();
        let stopped = self.runtime.as_ref().unwrap().spawn(host.stop());
        wait::in_time("the host to drain", stopped).await.unwrap();
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

    fn host(&self) -> &RunningHost {
        self.host.as_ref().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A sale that is still to be made.
pub(crate) fn sale(book: &BookHandle, amount: &str) -> NewTransaction {
    let day = jiff::civil::date(2026, 3, 4);
    book.new_transaction().date(day).amount(amount).from("Product Sales").to("Bank Account")
}

/// A sale, posted.
pub(crate) async fn sell(book: &BookHandle, amount: &str) -> Transaction {
    sale(book, amount).post().await.unwrap()
}

/// What apps answered to an event, such as `INFO of tax-bot: TAX: 12.50`.
pub(crate) fn shown(event: &Event) -> Vec<String> {
    let responses = event.bot_responses.as_deref().unwrap().iter();
    let line = |response: &bkper_client::model::BotResponse| {
        let [kind, agent, message] = [
            response.response_type.as_ref().unwrap().as_str(),
            response.agent_id.as_ref().unwrap().as_str(),
            response.message.as_deref().unwrap(),
        ];
        format!("{kind} of {agent}: {message}")
    };
    responses.map(line).collect()
}
