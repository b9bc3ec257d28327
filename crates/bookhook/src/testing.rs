//! An author's tests: a sandbox, a host and a hook, in one line. Needs the feature `testing`.
//!
//! ```toml
//! [dev-dependencies]
//! bookhook = { version = "0.1", features = ["testing"] }
//! ```
//!
//! Nothing is played here but Bkper: the events are those that the sandbox fires when the book changes, they come over
//! HTTP, and what the handler does in the book it does through the API.
//!
//! ```
//! use bookhook::bkper_client::model::{AccountType, Decimal};
//! use bookhook::testing::Testing;
//! use bookhook::{Context, EventType, Hook, Response, Result};
//! use jiff::civil::date;
//!
//! async fn add_tax(cx: Context) -> Result<Response> {
//!     let Some(sale) = cx.event()?.transaction() else { return Ok(Response::suppressed()) };
//!     let (Some(day), Some(amount)) = (sale.date, &sale.amount) else { return Ok(Response::suppressed()) };
//!     let mut tax = amount.decimal()? * Decimal::new(20, 2);
//!     tax.rescale(2);
//!     let draft = cx.book().new_transaction().date(day).amount(tax).description("20 % tax");
//!     draft.from("Output Tax").to("Product Sales").draft().await?;
//!     Ok(Response::result(format!("TAX: {tax}")))
//! }
//!
//! #[tokio::main] // #[tokio::test]
//! async fn main() -> Result<()> {
//! #   let folder = tempfile::tempdir()?;
//! #   std::fs::write(folder.path().join("bkper.yaml"), "id: tax-bot\nevents: [TRANSACTION_CHECKED]\n")?;
//! #   std::env::set_current_dir(&folder)?;
//!     let hook = Hook::bkper("bkper.yaml")?.on(EventType::TransactionChecked, add_tax);
//!     let test = Testing::start(hook).await?;
//!     test.account("Bank Account", AccountType::Asset).await?;
//!     test.account("Product Sales", AccountType::Incoming).await?;
//!     test.account("Output Tax", AccountType::Liability).await?;
//!
//!     let book = test.book();
//!     let sale = book.new_transaction().date(date(2026, 3, 4)).amount("62.50").description("Shirts");
//!     let sale = sale.from("Product Sales").to("Bank Account").post().await?;
//!     book.transaction(&sale).check().await?;
//!
//!     assert_eq!(test.response_to(EventType::TransactionChecked).await?, Response::result("TAX: 12.50"));
//!     let drafts = book.transactions("is:draft").all().await?;
//!     assert_eq!(drafts.len(), 1);
//!     assert_eq!(drafts[0].amount, Some("12.50".into()));
//!     Ok(())
//! }
//! ```

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use bkper_client::model::{Account, AccountType, App, Book, Integration};
use bkper_client::{BookHandle, BuildError, Client};
use bkper_model::EventType;
use bookhook_journal::ReadError;
use bookhook_model::{Delivery, Filter, Response, State};
use bookhook_sandbox::Sandbox;
use tokio::time::{Instant, sleep, timeout};

use crate::config::{Config, ConfigErrors, JournalLocation, Manifest, default_path};
use crate::{Hook, Host, HostError, RunningHost};

pub use bookhook_sandbox as sandbox;

/// So long the hook may take for everything that it was told of.
const SETTLED_WITHIN: Duration = Duration::from_secs(30);
/// So long the host may take to note that its answer has arrived.
const NOTED_WITHIN: Duration = Duration::from_secs(1);
/// More than any test fires.
const DELIVERIES_MAX: usize = 10_000;

/// A sandbox, a host that serves one hook, and a book in which the hook's app is installed.
///
/// Everything is in memory, on free ports of this machine, and gone when it is dropped; so tests can run side by side.
/// The host does not verify callers, for they are not what is tested.
#[derive(Debug)]
pub struct Testing {
    sandbox: Sandbox,
    host: RunningHost,
    book: BookHandle,
}

/// A test cannot begin, or cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TestingError {
    /// The sandbox does not start.
    #[error("the sandbox does not start")]
    Sandbox(#[from] bookhook_sandbox::StartError),
    /// The host does not start.
    #[error("the host does not start")]
    Host(#[from] HostError),
    /// The environment is wrong.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// There is no client for the sandbox.
    #[error("the sandbox cannot be called")]
    Client(#[from] BuildError),
    /// The sandbox refuses a call.
    #[error("the sandbox does not do what it is asked for")]
    Call(#[from] bkper_client::Error),
    /// The host's journal cannot be read.
    #[error("the host's journal cannot be read")]
    Journal(#[from] ReadError),
    /// The hook takes too long, or answers 429 all the time.
    #[error("the hook has not answered everything within {SETTLED_WITHIN:?}")]
    NotSettled,
    /// No such event came.
    #[error(
        "the hook was told of no {expected}; {}. Does its manifest declare the type, and did the test cause such an event?",
        if told.is_empty() { "it was told of nothing".to_owned() } else { format!("it was told of {}", told.join(", ")) }
    )]
    NotTold {
        /// The type that was asked for.
        expected: EventType,
        /// The types that came, in their order.
        told: Vec<String>,
    },
}

impl Testing {
    /// Starts a sandbox with an empty book, and a host that serves the hook; and installs the hook's app in the book.
    pub async fn start(hook: Hook) -> Result<Self, TestingError> {
        let sandbox = Sandbox::start().await?;
        let client = Client::builder().base_url(sandbox.url()).build()?;
        let manifest = hook.manifest.clone();
        let host = Host::new(config()?).api(sandbox.url()).hook(hook.without_verification()).start().await?;
        let book = empty_book(&client).await?;
        install(&book, &app(manifest, host.address())?).await?;
        Ok(Self { sandbox, host, book })
    }

    /// The book, on which the test acts as its owner.
    pub fn book(&self) -> BookHandle {
        self.book.clone()
    }

    /// Makes an account in the book.
    pub async fn account(
        &self,
        name: &str,
        account_type: AccountType,
    ) -> Result<Account, bkper_client::Error> {
        let account =
            Account { name: Some(name.to_owned()), account_type: Some(account_type), ..Account::default() };
        self.book.create_account(&account).await
    }

    /// Waits until the hook was told of everything that happened, what it did itself included, and has answered.
    pub async fn settled(&self) -> Result<(), TestingError> {
        timeout(SETTLED_WITHIN, self.sandbox.settled()).await.map_err(|_| TestingError::NotSettled)?;
        // After this what the sandbox sends again is known to be a replay.
        let late = Instant::now() + NOTED_WITHIN;
        while self.is_unnoted().await? && Instant::now() < late {
            sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    /// [Waits](Self::settled), and gives what the hook answered to the last event of this type.
    pub async fn response_to(&self, event_type: EventType) -> Result<Response, TestingError> {
        let deliveries = self.deliveries().await?;
        let of_type = |delivery: &&Delivery| *delivery.event_type == *event_type.as_str();
        match deliveries.iter().rfind(of_type) {
            Some(delivery) => Ok(response(delivery)),
            None => Err(TestingError::NotTold { expected: event_type, told: types(&deliveries) }),
        }
    }

    /// [Waits](Self::settled), and gives everything that the hook was told of with its runs, in order.
    pub async fn deliveries(&self) -> Result<Vec<Delivery>, TestingError> {
        self.settled().await?;
        let mut deliveries = Vec::new();
        for listed in self.listed().await?.into_iter().rev() {
            deliveries.extend(self.host.journal().find(listed.id).await?);
        }
        Ok(deliveries)
    }

    /// The sandbox: its clock, its faults, what goes on in it.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// The host.
    pub fn host(&self) -> &RunningHost {
        &self.host
    }

    async fn is_unnoted(&self) -> Result<bool, TestingError> {
        let listed = self.listed().await?;
        Ok(listed.iter().any(|delivery| delivery.state == State::Settled && delivery.answered.is_none()))
    }

    /// Newest first, without their runs.
    async fn listed(&self) -> Result<Vec<Delivery>, TestingError> {
        Ok(self.host.journal().list(&Filter::default(), None, DELIVERIES_MAX).await?.items)
    }
}

/// Nothing of the environment counts.
fn config() -> Result<Config, ConfigErrors> {
    let config = Config::from_env(&|_| None)?.config;
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Ok(Config { listen, journal: JournalLocation::Memory, console: None, ..config })
}

/// The app as its manifest describes it, served by the host.
fn app(manifest: Manifest, host: SocketAddr) -> Result<App, HostError> {
    let name = manifest.id.parse().map_err(HostError::Name)?;
    Ok(App {
        webhook_url: Some(format!("http://{host}{}", default_path(&name))),
        id: Some(manifest.id.into()),
        name: manifest.name,
        events: Some(manifest.events),
        file_patterns: Some(manifest.file_patterns).filter(|patterns| !patterns.is_empty()),
        ..App::default()
    })
}

async fn empty_book(client: &Client) -> Result<BookHandle, bkper_client::Error> {
    let book = Book { name: Some("Test".to_owned()), ..Book::default() };
    Ok(client.book(client.create_book(&book).await?))
}

async fn install(book: &BookHandle, app: &App) -> Result<(), bkper_client::Error> {
    book.client().create_app(app).await?;
    let integration = Integration { agent_id: app.id.clone(), ..Integration::default() };
    book.create_integration(&integration).await?;
    Ok(())
}

/// What was answered: by the last run, or, where the hook skips its own event, by the host.
fn response(delivery: &Delivery) -> Response {
    let run = delivery.runs.iter().flatten().last();
    run.and_then(|run| run.response.clone()).unwrap_or_else(Response::suppressed)
}

fn types(deliveries: &[Delivery]) -> Vec<String> {
    deliveries.iter().map(|delivery| delivery.event_type.to_string()).collect()
}
