//! The examples: one handler in several languages, which all do the same.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bkper_client::BookHandle;
use bkper_client::model::{Amount, Book, Permission, Transaction};
use bookhook::config::{BkperSource, Config, HandlerConfig, Manifest, OwnEvents, Source};
use bookhook::handlers::process::CommandLine;
use bookhook::model::Delivery;
use bookhook::{EventType, Response};
use futures_util::future::join_all;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::sleep;
use url::Url;

use crate::scene::{Scene, Serving, sale, sell};

#[path = "../../../../examples/rust-tax/src/tax.rs"]
mod rust_tax;

/// The folders of the examples.
const EXAMPLES: &[&str] = &[RUST, "exec", "flask", "functions", "hono"];
/// The one that is its own host.
const RUST: &str = "rust-tax";
/// The one whose server is started by the test, and only called by the host.
const CALLED: &str = "flask";
/// The examples with packages, and where these are.
const PACKAGES: &[[&str; 2]] = &[["flask", ".venv"], ["functions", "node_modules"], ["hono", "node_modules"]];
const APP: &str = "tax-bot";
/// Of what the app is told: of more than it is there for.
const EVENTS: &[EventType] = &[
    EventType::TransactionChecked,
    EventType::TransactionUnchecked,
    EventType::TransactionUpdated,
    EventType::IntegrationCreated,
    EventType::CollaboratorUpdated,
];

/// What can be seen of an example that was through everything.
#[derive(Debug, PartialEq)]
struct Seen {
    /// What it answered to what, in order.
    answered: Vec<String>,
    /// What its books hold at the end.
    books: Vec<Value>,
}

#[tokio::test]
async fn all_examples_give_the_same_responses_and_leave_the_same_books() {
    packages_are_installed();
    let seen = join_all(EXAMPLES.iter().map(|example| seen_of(example))).await;

    let (example, first) = (EXAMPLES[0], &seen[0]);
    for (other, seen) in EXAMPLES.iter().zip(&seen) {
        assert_eq!(seen.answered, first.answered, "{other} answers otherwise than {example}");
        assert_eq!(seen.books, first.books, "{other} leaves other books than {example}");
    }
    let is_check = |event_type: &str| event_type == "TRANSACTION_CHECKED";
    assert_eq!(answers(&first.answered, is_check), TO_CHECKS);
    assert_eq!(answers(&first.answered, |event_type| !is_check(event_type)), [r#"{"result":false}"#; 7]);
    assert_eq!(made(&first.books[0]), MADE);
}

/// What is answered to what is checked in [`seen_of`], in order.
const TO_CHECKS: &[&str] = &[
    r#"{"result":"TAX: 12.50"}"#,
    r#"{"result":"TAX: 0.03"}"#,
    r#"{"result":"TAX: 0.02"}"#,
    r#"{"result":false}"#,
    r#"{"result":"TAX: 2469135780246913.58"}"#,
    r#"{"result":"TAX: 2"}"#,
    r#"{"result":"TAX: 3"}"#,
    r#"{"result":"TAX: 1"}"#,
    r#"{"result":"TAX: 1"}"#,
    r#"{"result":false}"#,
    r#"{"result":"TAX: 2.00"}"#,
    r#"{"result":"TAX: 2.00"}"#,
    r#"{"result":"TAX: 2.00"}"#,
    r#"{"result":"TAX: 20.00"}"#,
    r#"{"result":"TAX: 20.00"}"#,
    r#"{"result":"TAX: 20.00"}"#,
    r#"{"result":"TAX: 20.00"}"#,
    r#"{"result":false}"#,
    r#"{"result":false}"#,
    r#"{"error":"your permission on the book is VIEWER"}"#,
];

/// What the app made in the first book.
const MADE: &[&str] = &[
    r#"DRAFT 2026-03-04 0.02 Output Tax > Product Sales: "20 % tax on ""#,
    r#"DRAFT 2026-03-04 0.03 Output Tax > Product Sales: "20 % tax on ""#,
    r#"DRAFT 2026-03-04 2.00 Output Tax > Product Sales: "20 % tax on ""#,
    r#"DRAFT 2026-03-04 2.00 Output Tax > Product Sales: "20 % tax on Bank Account 3.50""#,
    r#"DRAFT 2026-03-04 2.00 Output Tax > Product Sales: "20 % tax on Café \"Zürich\" & <b>Söhne</b> \\ 👕\nline two #retail""#,
    r#"DRAFT 2026-03-04 12.50 Output Tax > Product Sales: "20 % tax on ""#,
    r#"CHECKED 2026-03-04 20.00 Output Tax > Product Sales: "20 % tax on ""#,
    r#"DRAFT 2026-03-04 2469135780246913.58 Output Tax > Product Sales: "20 % tax on ""#,
];

async fn seen_of(example: &str) -> Seen {
    let scene = Scene::new().await;
    scene.register(APP, EVENTS).await;
    let (serving, _server) = serve(&scene, example).await;
    let books = [scene.book("Aurora").await, yen(&scene).await, borrowed(&scene).await];
    let [aurora, yen, borrowed] = &books;
    scene.install(APP, aurora).await;
    scene.install(APP, yen).await;

    amounts(&scene, aurora, &["62.50", "0.13", "0.12", "0.02", "12345678901234567.89"]).await;
    amounts(&scene, yen, &["12", "13", "2.5", "7.4", "2"]).await;
    texts(&scene, aurora).await;
    again(&scene, &serving, aurora).await;
    by_the_app(&scene, aurora).await;
    refused(&scene, borrowed).await;

    let answered = serving.deliveries().await.iter().flat_map(told).collect();
    serving.stop().await;
    Seen {
        answered,
        books: books.iter().map(|book| scene.sandbox.snapshot(book.id().as_str()).unwrap()).collect(),
    }
}

fn packages_are_installed() {
    for [example, packages] in PACKAGES {
        let folder = folder(example).join(packages);
        assert!(folder.is_dir(), "{} is missing: `cargo xtask test` installs it", folder.display());
    }
}

fn folder(example: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(example)
}

/// A host with the example, and the example's server where the host does not start it.
async fn serve(scene: &Scene, example: &str) -> (Serving, Option<Child>) {
    if example == RUST {
        let hook = scene.hook(APP).on(EventType::TransactionChecked, rust_tax::draft_tax);
        return (scene.serve([hook]).await, None);
    }
    let mut config = configuration(scene, example);
    let mut server = None;
    if example == CALLED {
        let HandlerConfig::Run(setup) = &config.hooks[0].handler else { panic!("{example} is a server") };
        let (url, started) = start(&setup.command).await;
        config.hooks[0].handler = HandlerConfig::Http(url);
        server = Some(started);
    }
    (scene.start(config, []).await, server)
}

/// Starts a server as somebody would in a terminal; it ends when it is dropped.
async fn start(command: &CommandLine) -> (Url, Child) {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let given = command.environment.iter().map(|(name, value)| (name, value.expose_secret()));
    let mut server = Command::new(command.folder.join(&command.program))
        .args(&command.arguments)
        .current_dir(&command.folder)
        .envs(given)
        .env("PORT", port.to_string())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
        assert_eq!(server.try_wait().unwrap(), None, "the server has ended");
        sleep(Duration::from_millis(5)).await;
    }
    (Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap(), server)
}

/// What the example's own configuration says, but with the scene's books, and told of more than its manifest asks for.
fn configuration(scene: &Scene, example: &str) -> Config {
    let file = folder(example).join("bookhook.yaml");
    let mut config = Config::load(&file, &|_| None).unwrap().config;
    let hook = &mut config.hooks[0];
    let (manifest, _) = Manifest::load(&scene.manifest(APP)).unwrap();
    let verify = Some(scene.verification(APP));
    hook.source = Source::Bkper(BkperSource { manifest, own_events: OwnEvents::Deliver, verify });
    let command = match &mut hook.handler {
        HandlerConfig::Run(server) => &mut server.command,
        HandlerConfig::Exec(command) => command,
        HandlerConfig::Http(url) => panic!("nobody listens at {url}"),
    };
    command.environment.push(("BKPER_API_URL".to_owned(), scene.sandbox.url().into()));
    config
}

/// A book without fractions.
async fn yen(scene: &Scene) -> BookHandle {
    let book = scene.book("Yen").await;
    book.update(&Book { fraction_digits: Some(0), ..Book::default() }).await.unwrap();
    book
}

/// A book of mia's in which ben installed the app.
async fn borrowed(scene: &Scene) -> BookHandle {
    let book = scene.book("Borrowed").await;
    share(&book, Permission::Editor).await;
    scene.install(APP, &scene.mia.with_token("ben").book(book.id())).await;
    book
}

async fn share(book: &BookHandle, permission: Permission) {
    book.add_collaborator("ben@example.com", permission, None).await.unwrap();
}

/// Sales of these amounts are checked.
async fn amounts(scene: &Scene, book: &BookHandle, amounts: &[&str]) {
    for amount in amounts {
        check(scene, book, &sell(book, amount).await).await;
    }
}

/// Sales with this and that in their descriptions are checked.
async fn texts(scene: &Scene, book: &BookHandle) {
    for text in ["", "Café \"Zürich\" & <b>Söhne</b> \\ 👕\nline two #retail", "Bank Account 3.50"] {
        let sold = sale(book, "10.00").description(text).post().await.unwrap();
        check(scene, book, &sold).await;
    }
}

/// What was checked is sent again, and checked again: as it was, and with another amount.
async fn again(scene: &Scene, serving: &Serving, book: &BookHandle) {
    let sold = sell(book, "100.00").await;
    check(scene, book, &sold).await;
    serving.all_answered().await;
    let event = scene.events(book, &EventType::TransactionChecked).await.pop().unwrap();
    book.event(&event).replay(APP).await.unwrap();
    recheck(scene, book, &sold).await;
    book.transaction(&sold).uncheck().await.unwrap();
    let amount = Some(Amount::from("200.00"));
    book.update_transaction(&Transaction { id: sold.id.clone(), amount, ..Transaction::default() })
        .await
        .unwrap();
    check(scene, book, &sold).await;
}

/// A person checks what the app made, and the app checks what a person made.
async fn by_the_app(scene: &Scene, book: &BookHandle) {
    let draft = book.transactions("is:draft amount:20").first().await.unwrap().unwrap();
    book.transaction(&draft).post().await.unwrap();
    check(scene, book, &draft).await;
    let sold = sell(book, "300.00").await;
    check(scene, &scene.mia.with_agent_id(APP).book(book.id()), &sold).await;
}

/// Who installed the app may no longer note drafts.
async fn refused(scene: &Scene, book: &BookHandle) {
    share(book, Permission::Viewer).await;
    check(scene, book, &sell(book, "100.00").await).await;
}

async fn recheck(scene: &Scene, book: &BookHandle, sold: &Transaction) {
    book.transaction(sold).uncheck().await.unwrap();
    check(scene, book, sold).await;
}

async fn check(scene: &Scene, book: &BookHandle, sold: &Transaction) {
    book.transaction(sold).check().await.unwrap();
    scene.settled().await;
}

/// The type of the event, and what was answered in each run; what needed no run was answered with nothing to tell.
fn told(delivery: &Delivery) -> Vec<String> {
    let runs = delivery.runs.as_deref().unwrap_or_default().iter();
    let mut responses: Vec<_> = runs.map(|run| run.response.clone().unwrap()).collect();
    if responses.is_empty() {
        responses.push(Response::suppressed());
    }
    responses.iter().map(|response| format!("{} {}", delivery.event_type, plain(response))).collect()
}

/// The response as one line, and of an error what Bkper said.
fn plain(response: &Response) -> Value {
    let mut response: Value = serde_json::from_slice(response.json()).unwrap();
    if let Some(error) = response["error"].as_str() {
        assert!(error.contains(REFUSAL), "{error}");
        response["error"] = json!(REFUSAL);
    }
    response
}

const REFUSAL: &str = "your permission on the book is VIEWER";

/// The answers to these types of events.
fn answers(answered: &[String], is_asked: impl Fn(&str) -> bool) -> Vec<&str> {
    let answered = answered.iter().filter_map(|line| line.split_once(' '));
    answered.filter(|(event_type, _)| is_asked(event_type)).map(|(_, answer)| answer).collect()
}

/// What the app made in the book, by amount.
fn made(book: &Value) -> Vec<String> {
    let transactions = book["transactions"].as_array().unwrap().iter();
    let own = transactions.filter(|transaction| transaction["agentId"] == APP);
    own.map(line).collect()
}

fn line(transaction: &Value) -> String {
    let [status, date, amount, from, to, description] =
        ["status", "date", "amount", "from", "to", "description"]
            .map(|field| transaction[field].as_str().unwrap());
    format!("{status} {date} {amount} {from} > {to}: {description:?}")
}
