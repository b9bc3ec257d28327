//! What the demo plays on: a folder, keys, a host with two apps, and who calls them.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use bookhook::config::{Config, JournalLocation, Jwks, Loaded, OwnEvents, Verification};
use bookhook::model::{Delivery, DeliveryIds, Filter, Policy};
use bookhook::{EventType, Hook, Host, RunningHost};
use bookhook_sandbox::google::{IdClaims, Signer};
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::apps::{REPORT_BOT, ReportBot, TAX_BOT, TaxBot};
use crate::call::{Caller, Reply};
use crate::example::{self, Changes};

const JOURNAL: &str = "demo.db";
/// The token that must not be found in the journal.
pub(super) const OAUTH_TOKEN: &str = "ya29.token-of-mia-who-installed-the-app";
const PUBLIC_URL: &str = "https://hooks.example.com";
/// The event type that no app of the demo declares.
pub(super) const UNDECLARED: EventType = EventType::CommentCreated;
/// How long the callers of the slow app wait.
pub(super) const SHORT_DEADLINE: Duration = Duration::from_millis(250);
/// How long the demo waits for something that is about to happen.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the demo keeps its files.
pub(super) enum Folder {
    Temporary(TempDir),
    Kept(PathBuf),
}

impl Folder {
    pub(super) fn of(keep: Option<&Path>) -> anyhow::Result<Self> {
        let Some(folder) = keep else {
            return Ok(Self::Temporary(TempDir::new().context("cannot make a temporary folder")?));
        };
        fs::create_dir_all(folder).with_context(|| format!("--keep: cannot make {}", folder.display()))?;
        let kept = Self::Kept(folder.to_owned());
        let journal = kept.journal();
        anyhow::ensure!(
            !journal.exists(),
            "--keep: {} is there already; name another folder",
            journal.display()
        );
        Ok(kept)
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.path().join(JOURNAL)
    }

    /// The journal, if it outlives the demo.
    pub(super) fn kept_journal(&self) -> Option<PathBuf> {
        matches!(self, Self::Kept(_)).then(|| self.journal())
    }
}

/// The stage.
pub(super) struct Stage {
    pub(super) running: RunningHost,
    /// Signs as Google does for Bkper; the host trusts it.
    pub(super) signer: Signer,
    /// Somebody else with a key.
    pub(super) stranger: Signer,
    pub(super) tax: Arc<TaxBot>,
    pub(super) report: Arc<ReportBot>,
    tax_caller: Caller,
    report_caller: Caller,
    ids: Mutex<DeliveryIds>,
}

impl Stage {
    pub(super) async fn set(folder: &Folder) -> anyhow::Result<Self> {
        let (signer, stranger) = (Signer::generate()?, Signer::generate()?);
        let jwks = folder.path().join("sandbox-jwks.json");
        fs::write(&jwks, signer.jwks().to_string())?;
        let (tax, report) = (Arc::<TaxBot>::default(), Arc::<ReportBot>::default());
        let running = host(folder)?
            .hook(tax_hook(folder, &jwks, &tax)?)
            .hook(report_hook(folder, &jwks, &report)?)
            .start()
            .await?;
        let caller = |app: &str| {
            let url = format!("http://{}/hooks/{app}", running.address());
            Caller::new(&url, Some(app.to_owned()), OAUTH_TOKEN.to_owned())
        };
        let (tax_caller, report_caller) = (caller(TAX_BOT)?, caller(REPORT_BOT)?);
        Ok(Self { signer, stranger, tax, report, tax_caller, report_caller, running, ids: Mutex::default() })
    }

    /// An event of this type that happens now, in this book, caused by this agent.
    pub(super) fn event(&self, event_type: &EventType, book: Option<&str>, agent: Option<&str>) -> Value {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let event = example::event(event_type, &mut ids, Timestamp::now(), Changes { id: None, book, agent });
        event.unwrap_or(Value::Null)
    }

    /// The tax app's caller.
    pub(super) fn tax_caller(&self) -> &Caller {
        &self.tax_caller
    }

    /// The token with which Bkper calls the tax app.
    pub(super) fn good_token(&self) -> String {
        self.signer.sign(&good_claims())
    }

    /// Sends an event to the tax app as Bkper does.
    pub(super) async fn send(&self, event: &Value) -> anyhow::Result<Reply> {
        self.send_with(event, &self.good_token()).await
    }

    /// Sends an event to the tax app with this token.
    pub(super) async fn send_with(&self, event: &Value, token: &str) -> anyhow::Result<Reply> {
        Ok(self.tax_caller.post(event.to_string().into_bytes(), Some(token)).await?)
    }

    /// Sends an event to the slow app as Bkper does.
    pub(super) async fn send_to_report(&self, event: &Value) -> anyhow::Result<Reply> {
        let token = self.signer.id_token(&audience(REPORT_BOT), Timestamp::now());
        Ok(self.report_caller.post(event.to_string().into_bytes(), Some(&token)).await?)
    }

    /// The deliveries of an event, with their runs.
    pub(super) async fn deliveries_of(&self, event: &Value) -> anyhow::Result<Vec<Delivery>> {
        let filter = Filter { event_id: event["id"].as_str().map(str::to_owned), ..Filter::default() };
        let journal = self.running.journal();
        let mut deliveries = Vec::new();
        for delivery in journal.list(&filter, None, 10).await?.items {
            deliveries.extend(journal.find(delivery.id).await?);
        }
        Ok(deliveries)
    }

    /// The only delivery of an event.
    pub(super) async fn delivery_of(&self, event: &Value) -> anyhow::Result<Delivery> {
        let mut deliveries = self.deliveries_of(event).await?;
        anyhow::ensure!(
            deliveries.len() == 1,
            "expected one delivery of an event, found {}",
            deliveries.len()
        );
        deliveries.pop().context("one delivery")
    }

    /// Waits until the journal knows that the event's caller was answered.
    pub(super) async fn until_answered(&self, event: &Value) -> anyhow::Result<()> {
        let answered = async {
            while self.delivery_of(event).await?.answered.is_none() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            anyhow::Ok(())
        };
        tokio::time::timeout(PATIENCE, answered).await.context("the answer was not noted")?
    }
}

/// What a good token for the tax app says.
pub(super) fn good_claims() -> IdClaims {
    IdClaims::bkper(&audience(TAX_BOT), Timestamp::now())
}

fn host(folder: &Folder) -> anyhow::Result<Host> {
    // The demo does not depend on where it is started.
    let Loaded { mut config, .. } = Config::from_env(&|_| None)?;
    config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    config.journal = JournalLocation::Sqlite(folder.journal());
    Ok(Host::new(config))
}

fn tax_hook(folder: &Folder, jwks: &Path, app: &Arc<TaxBot>) -> anyhow::Result<Hook> {
    let events: Vec<_> = EventType::ALL.iter().filter(|event_type| **event_type != UNDECLARED).collect();
    let mut hook = hook(folder, TAX_BOT, &events, jwks)?.own_events(OwnEvents::Skip);
    for event_type in
        [EventType::TransactionChecked, EventType::TransactionPosted, EventType::TransactionCreated]
    {
        let app = Arc::clone(app);
        hook = hook.on(event_type, move |cx| Arc::clone(&app).tax(cx));
    }
    Ok(hook)
}

fn report_hook(folder: &Folder, jwks: &Path, app: &Arc<ReportBot>) -> anyhow::Result<Hook> {
    let app = Arc::clone(app);
    let hook = hook(folder, REPORT_BOT, &[&EventType::BookAudited], jwks)?
        .policy(Policy { deadline: SHORT_DEADLINE, ..Policy::default() })
        .on(EventType::BookAudited, move |cx| Arc::clone(&app).report(cx));
    Ok(hook)
}

fn hook(folder: &Folder, id: &str, events: &[&EventType], jwks: &Path) -> anyhow::Result<Hook> {
    let manifest = folder.path().join(format!("{id}.yaml"));
    let events: Vec<_> = events.iter().map(|event_type| event_type.as_str()).collect();
    // JSON is YAML.
    fs::write(&manifest, json!({ "id": id, "events": events }).to_string())?;
    let verification = Verification {
        service_account: Verification::SERVICE_ACCOUNT.to_owned(),
        audiences: vec![audience(id)],
        issuer: Verification::ISSUER.to_owned(),
        jwks: Jwks::File(std::path::absolute(jwks)?),
    };
    Ok(Hook::bkper(&manifest)?.verify(verification))
}

fn audience(app: &str) -> String {
    format!("{PUBLIC_URL}/hooks/{app}")
}
