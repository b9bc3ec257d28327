//! A host in a process of its own, killed between what its handler did in the book and the end of the run.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;

use bookhook::bkper_client::model::{App, Book, Integration, Transaction};
use bookhook::journal::{Journal, Location};
use bookhook::model::{Cause, Delivery, Filter};
use bookhook::{BookHandle, Client, Context, EventType, Hook, Host, Response, Result};
use bookhook_sandbox::Sandbox;
use bookhook_testkit::{eventually, wait};
use jiff::Timestamp;
use tokio::process::{Child, Command};

const APP: &str = "tax-bot";
/// Tells a process of this program that it is the host.
const IS_HOST: &str = "BOOKHOOK_TEST_IS_HOST";

/// The host. As a test it does nothing.
#[tokio::test]
#[ignore = "it is the host, in a process that a test starts"]
async fn host() -> Result<()> {
    if std::env::var_os(IS_HOST).is_none() {
        return Ok(());
    }
    let hook = Hook::bkper("bkper.yaml")?.on(EventType::BookUpdated, draft_twice).without_verification();
    Host::from_env()?.hook(hook).serve().await
}

/// Its first run does half of its work and never ends.
async fn draft_twice(cx: Context) -> Result<Response> {
    let book = cx.book();
    book.new_transaction().amount("12.50").description("Tax").draft().await?;
    if cx.cause() == Cause::First {
        std::future::pending::<()>().await;
    }
    book.new_transaction().amount("0.50").description("Surcharge").draft().await?;
    Ok(Response::result("drafted"))
}

/// The lives of the host, in one folder, at one address.
struct Lives {
    folder: tempfile::TempDir,
    address: SocketAddr,
    api: String,
}

impl Lives {
    fn new(sandbox: &Sandbox) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = free_address();
        std::fs::write(folder.path().join("bkper.yaml"), format!("id: {APP}\nevents: [BOOK_UPDATED]\n"))
            .unwrap();
        std::fs::write(folder.path().join("bookhook.yaml"), format!("listen: {address}\n")).unwrap();
        Self { folder, address, api: sandbox.url() }
    }

    /// The next one.
    fn begin(&self) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["killed::host", "--exact", "--ignored"])
            .current_dir(self.folder.path())
            .env_clear()
            .env(IS_HOST, "yes")
            .env("BKPER_API_URL", &self.api)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    async fn until_it_listens(&self) {
        let connect = async || tokio::net::TcpStream::connect(self.address).await.ok();
        eventually("the host to listen", connect).await;
    }
}

/// At a port that systems give to nobody who does not ask for it by its number: of the others, a caller's own end of a
/// connection could take it while the host is down.
fn free_address() -> SocketAddr {
    loop {
        let any = u16::try_from(Timestamp::now().subsec_nanosecond() / 1_000 % 20_000).unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 10_000 + any));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}

/// A book in which the app is installed.
async fn book_with_app(sandbox: &Sandbox, host: SocketAddr) -> BookHandle {
    let client = Client::builder().base_url(sandbox.url()).build().unwrap();
    let book = client.create_book(&Book { name: Some("Shop".into()), ..Book::default() }).await.unwrap();
    let book = client.book(&book);
    let app = App {
        id: Some(APP.into()),
        events: Some(vec![EventType::BookUpdated]),
        webhook_url: Some(format!("http://{host}/hooks/{APP}")),
        ..App::default()
    };
    client.create_app(&app).await.unwrap();
    let integration = Integration { agent_id: app.id, ..Integration::default() };
    book.create_integration(&integration).await.unwrap();
    book
}

async fn drafts(book: &BookHandle) -> Vec<String> {
    let description = |draft: Transaction| draft.description.unwrap_or_default();
    book.transactions("").all().await.unwrap().into_iter().map(description).collect()
}

/// The one delivery in the journal of a host that is gone.
async fn delivery(folder: &Path) -> Delivery {
    let journal = Journal::open(&Location::Sqlite(folder.join("bookhook.db")), None).await.unwrap();
    let listed = journal.list(&Filter::default(), None, 10).await.unwrap().items;
    assert_eq!(listed.len(), 1, "{listed:?}");
    journal.find(listed[0].id).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_was_done_in_the_book_before_the_kill_is_not_done_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let lives = Lives::new(&sandbox);
    let book = book_with_app(&sandbox, lives.address).await;

    let mut first = lives.begin();
    lives.until_it_listens().await;
    book.update(&Book { name: Some("Other shop".into()), ..Book::default() }).await.unwrap();
    eventually("the first draft", async || (drafts(&book).await == ["Tax"]).then_some(())).await;
    first.kill().await.unwrap();
    let mut second = lives.begin();
    wait::in_time("the sandbox to be answered", sandbox.settled()).await;

    assert_eq!(drafts(&book).await, ["Surcharge", "Tax"]);
    let event = book.events().of_type(&EventType::BookUpdated).first().await.unwrap().unwrap();
    let responses = event.bot_responses.unwrap_or_default();
    assert_eq!(
        responses.iter().map(|response| response.message.as_deref()).collect::<Vec<_>>(),
        [Some("drafted")]
    );
    second.kill().await.unwrap();
    let runs = delivery(lives.folder.path()).await.runs.unwrap();
    assert_eq!(runs.iter().map(|run| run.cause).collect::<Vec<_>>(), [Cause::First, Cause::Recovery]);
}
