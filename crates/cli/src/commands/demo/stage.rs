//! What the demo plays on: the sandbox with its books, a host with two apps, and a person who works in the books.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use bookhook::bkper_model::{Event, Integration};
use bookhook::config::{Config, JournalLocation, Jwks, Loaded, Verification};
use bookhook::model::{Delivery, DeliveryIds, Filter, Policy};
use bookhook::{BookHandle, Client, EventType, Hook, Host, RunningHost};
use bookhook_sandbox::google::{IdClaims, Signer};
use bookhook_sandbox::{Builder, Sandbox, Seed};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::apps::{REPORT_BOT, ReportBot, TAX_BOT, TaxBot};
use super::folder::Folder;
use super::witness::PATIENCE;
use crate::call::{Caller, Reply};
use crate::example::{self, Changes};

/// Who works in the books; in the sandbox, her name is her token.
pub(super) const MIA: &str = "mia";
/// Her company's main book.
const BOOK: &str = "demoBookUsd01";
/// How long the callers of the slow app wait.
pub(super) const SHORT_DEADLINE: Duration = Duration::from_millis(250);
/// What the tax app is told of: sales that are checked, and drafts, which it makes itself.
const OF_TAX: [EventType; 2] = [EventType::TransactionChecked, EventType::TransactionCreated];
const OF_REPORT: [EventType; 1] = [EventType::BookAudited];

/// The stage.
pub(super) struct Stage {
    pub(super) sandbox: Sandbox,
    pub(super) running: RunningHost,
    /// Signs as Google does for Bkper; the host trusts it.
    pub(super) signer: Arc<Signer>,
    /// Somebody else with a key.
    pub(super) stranger: Signer,
    pub(super) mia: Client,
    /// The book in which the story plays.
    pub(super) book: BookHandle,
    pub(super) tax: Arc<TaxBot>,
    pub(super) report: Arc<ReportBot>,
    /// Whoever knows the tax app's URL.
    caller: Caller,
    audience: String,
    ids: Mutex<DeliveryIds>,
}

impl Stage {
    pub(super) async fn set(folder: &Folder) -> anyhow::Result<Self> {
        let (signer, stranger) = (Arc::new(Signer::generate()?), Signer::generate()?);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let urls = Urls { base: format!("http://{}", listener.local_addr()?) };
        let sandbox = sandbox(folder, &urls).signer(Arc::clone(&signer)).start().await?;
        let (tax, report) = (Arc::<TaxBot>::default(), Arc::<ReportBot>::default());
        let running = host(folder, &sandbox)?
            .listener(listener)
            .hook(tax_hook(folder, &sandbox, &urls, &tax)?)
            .hook(report_hook(folder, &sandbox, &urls, &report)?)
            .start()
            .await?;
        let mia = Client::builder().base_url(sandbox.url()).token(MIA).build()?;
        let book = mia.book(BOOK);
        for app in [TAX_BOT, REPORT_BOT] {
            install(app, &book).await?;
        }
        let audience = urls.webhook(TAX_BOT);
        let caller = Caller::new(&audience, Some(TAX_BOT.to_owned()), "nobody's token".to_owned())?;
        let ids = Mutex::default();
        Ok(Self { sandbox, running, signer, stranger, mia, book, tax, report, caller, audience, ids })
    }

    /// What a good token for the tax app says.
    pub(super) fn good_claims(&self) -> IdClaims {
        IdClaims::bkper(&self.audience, Timestamp::now())
    }

    /// An event that never happened.
    pub(super) fn forged_event(&self, event_type: &EventType) -> Value {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        example::event(event_type, &mut ids, Timestamp::now(), Changes::default()).unwrap_or(Value::Null)
    }

    /// Somebody calls the tax app with this token.
    pub(super) async fn call(&self, event: &Value, token: &str) -> anyhow::Result<Reply> {
        Ok(self.caller.post(event.to_string().into_bytes(), Some(token)).await?)
    }

    /// The deliveries of an event, with their runs.
    pub(super) async fn deliveries_of(&self, event_id: &str) -> anyhow::Result<Vec<Delivery>> {
        let filter = Filter { event_id: Some(event_id.to_owned()), ..Filter::default() };
        let journal = self.running.journal();
        let mut deliveries = Vec::new();
        for delivery in journal.list(&filter, None, 10).await?.items {
            deliveries.extend(journal.find(delivery.id).await?);
        }
        Ok(deliveries)
    }

    /// The only delivery of an event.
    pub(super) async fn delivery_of(&self, event: &Event) -> anyhow::Result<Delivery> {
        let id = event.id.as_ref().context("an event has an id")?;
        let mut deliveries = self.deliveries_of(id.as_str()).await?;
        anyhow::ensure!(
            deliveries.len() == 1,
            "expected one delivery of an event, found {}",
            deliveries.len()
        );
        deliveries.pop().context("one delivery")
    }

    /// Waits until the journal knows that the event's caller was answered.
    pub(super) async fn until_answered(&self, event: &Event) -> anyhow::Result<()> {
        let answered = async {
            while self.delivery_of(event).await?.answered.is_none() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            anyhow::Ok(())
        };
        tokio::time::timeout(PATIENCE, answered).await.context("the answer was not noted")?
    }
}

/// Puts the app into the book.
pub(super) async fn install(app: &str, book: &BookHandle) -> anyhow::Result<()> {
    let integration = Integration { agent_id: Some(app.into()), ..Integration::default() };
    book.create_integration(&integration).await?;
    Ok(())
}

/// Where the host is.
struct Urls {
    base: String,
}

impl Urls {
    /// Where an app is called, which is also what calls of it are signed for.
    fn webhook(&self, app: &str) -> String {
        format!("{}/hooks/{app}", self.base)
    }
}

/// A sandbox with the demo company and both apps.
fn sandbox(folder: &Folder, urls: &Urls) -> Builder {
    let builder = Sandbox::builder()
        .seed(Seed::demo())
        .app(manifest(TAX_BOT, &OF_TAX, urls))
        .app(manifest(REPORT_BOT, &OF_REPORT, urls));
    match folder.kept_books() {
        Some(file) => builder.data(file),
        None => builder,
    }
}

fn manifest(app: &str, events: &[EventType], urls: &Urls) -> Value {
    let events: Vec<_> = events.iter().map(EventType::as_str).collect();
    json!({"id": app, "name": app, "events": events, "webhookUrl": urls.webhook(app)})
}

fn host(folder: &Folder, sandbox: &Sandbox) -> anyhow::Result<Host> {
    // The demo does not depend on where it is started.
    let Loaded { mut config, .. } = Config::from_env(&|_| None)?;
    config.journal = JournalLocation::Sqlite(folder.journal());
    // It would be closed before anybody could look in.
    config.console = None;
    Ok(Host::new(config).api(sandbox.url()))
}

fn tax_hook(folder: &Folder, sandbox: &Sandbox, urls: &Urls, app: &Arc<TaxBot>) -> anyhow::Result<Hook> {
    let app = Arc::clone(app);
    let hook = hook(folder, sandbox, urls, TAX_BOT, &OF_TAX)?;
    Ok(hook.on(EventType::TransactionChecked, move |cx| Arc::clone(&app).tax(cx)))
}

fn report_hook(
    folder: &Folder,
    sandbox: &Sandbox,
    urls: &Urls,
    app: &Arc<ReportBot>,
) -> anyhow::Result<Hook> {
    let app = Arc::clone(app);
    let hook = hook(folder, sandbox, urls, REPORT_BOT, &OF_REPORT)?
        .policy(Policy { deadline: SHORT_DEADLINE, ..Policy::default() });
    Ok(hook.on(EventType::BookAudited, move |cx| Arc::clone(&app).report(cx)))
}

/// The app's hook, which trusts the sandbox as others trust Google.
fn hook(
    folder: &Folder,
    sandbox: &Sandbox,
    urls: &Urls,
    app: &str,
    events: &[EventType],
) -> anyhow::Result<Hook> {
    let file = folder.path().join(format!("{app}.json"));
    fs::write(&file, manifest(app, events, urls).to_string())?;
    let verification = Verification {
        service_account: Verification::SERVICE_ACCOUNT.to_owned(),
        audiences: vec![urls.webhook(app)],
        issuer: Verification::ISSUER.to_owned(),
        jwks: Jwks::Url(sandbox.jwks_url().parse()?),
    };
    Ok(Hook::bkper(&file)?.verify(verification))
}
