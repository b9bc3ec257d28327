//! Bookhook as a library: what the author of a handler in Rust uses, and what the `bookhook` program is made of.
//!
//! A book fires an event, Bkper POSTs it, and a function of yours handles it. What is between the two is here: the caller is
//! verified, the event is on disk before the function runs, its response is on disk before it is returned, and events of
//! one book come one after the other.
//!
//! ```no_run
//! use bookhook::bkper_model::Decimal;
//! use bookhook::{Context, EventType, Hook, Host, Response, Result};
//!
//! #[tokio::main]
//! async fn main() -> Result<()> {
//!     let tax = Hook::bkper("bkper.yaml")?.on(EventType::TransactionChecked, add_tax);
//!     Host::from_env()?.hook(tax).serve().await
//! }
//!
//! async fn add_tax(cx: Context) -> Result<Response> {
//!     let app = cx.client().agent_id();
//!     let Some(sale) = cx.event()?.transaction().filter(|sale| sale.agent_id.as_ref() != app) else {
//!         return Ok(Response::suppressed()); // the tax itself is not taxed
//!     };
//!     let (Some(date), Some(amount)) = (sale.date, &sale.amount) else { return Ok(Response::suppressed()) };
//!     let mut tax = amount.decimal()? * Decimal::new(20, 2);
//!     tax.rescale(2); // rounded half up
//!
//!     let book = cx.book(); // acts as the app, on behalf of the user who installed it
//!     let draft = book.new_transaction().date(date).amount(tax).description("20 % tax");
//!     draft.from("Output Tax").to("Product Sales").draft().await?;
//!     Ok(Response::result(format!("TAX: {tax}")))
//! }
//! ```
//!
//! # The parts
//!
//! - A [`Hook`] is one endpoint: an app of Bkper as its manifest describes it, and a function for each type of event.
//! - A [`Context`] is what a function gets: the event, the book in which it happened, and the facts of the run.
//! - A [`Response`] is what Bkper shows to the user: a result, a warning, an error, or nothing.
//! - A [`Host`] serves hooks: those that it is given, and those of a configuration file, in whatever language they are.
//!
//! # What becomes of what a function returns
//!
//! | the function | Bkper gets |
//! | --- | --- |
//! | returns `Ok(response)` | the response |
//! | returns `Err(error)` | `{"error": "cannot add the tax: no such account"}`: the error with its chain |
//! | panics | an error that says so; nothing else is touched |
//! | is not there for this type, or the event is the app's [own doing](Hook::own_events) | `{"result": false}`, which shows nothing |
//! | takes longer than the [deadline](model::Policy::deadline) | 429 for now, and the response when it asks again |
//!
//! An error is a response like others: nobody tries again because of it. A person sees it in the book, and can replay the
//! event.
//!
//! # Twice is once
//!
//! A function can run more than once for an event: after a crash, because nobody knows how far it came, and when somebody
//! replays the event. What it does in books through [`cx.book()`](Context::book) and [`cx.client()`](Context::client) it does
//! once all the same: every transaction that it creates gets a remote id that follows from hook, event and step, unless it
//! is given [one](bkper_client::NewTransaction::remote_id), and of a remote id Bkper makes one transaction. Updates and checks lead
//! to the same when they are repeated; an account that is to be created is [looked for](bkper_client::AccountHandle::find)
//! first. For effects elsewhere, [`cx.delivery()`](Context::delivery) is a key that stays the same over all runs.
//!
//! # Tests
//!
//! With the feature `testing`, `bookhook::testing::Testing` is a sandbox, a host and your hook in one line of a test: no
//! account, no network, nothing to install.
//!
//! # At the desk, and in production
//!
//! `bookhook dev` starts the program beside a local Bkper, and starts it anew when its sources change; a `bookhook.yaml`
//! with `handler: {run: {command: cargo run, ready: {timeout: 10m}}}` tells it how.
//!
//! In production the program is the host. [`Host::from_env`] takes what differs from machine to machine from the
//! environment, and everything else from a `bookhook.yaml`, if there is one: where to listen, where the journal is, the
//! public URL. Without it, the host listens at `PORT` (8080), keeps its journal in `bookhook.db`, and takes Bkper's calls of
//! the URLs in the manifest. SIGTERM drains it.
//!
//! What it has to say goes to [`tracing`](https://docs.rs/tracing): install a subscriber to see it.
//!
//! # Deeper
//!
//! [`config`] reads and checks configurations, [`handlers`] are the kinds of handler, [`journal`] is the durable record,
//! [`model`] are the words of all of it, [`bkper_client`] is Bkper's API and [`bkper_model`] its types. How an event goes
//! its way is told in `docs/architecture.md`.

pub mod config;

mod behind;
mod context;
mod hook;
mod host;
mod open_files;
mod operators;
mod remote_ids;
mod servers;
mod signals;
#[cfg(feature = "testing")]
pub mod testing;
mod wiring;

pub use anyhow::{Error, Result};
pub use bkper_client::{self, BookHandle, Client};
pub use bkper_model::{self, EventType};
pub use bookhook_console::OPENAPI;
pub use bookhook_handlers as handlers;
pub use bookhook_journal as journal;
pub use bookhook_model::{self as model, Response};
pub use bookhook_receiver::Refused;

pub use context::{Context, NotAnEvent};
pub use hook::Hook;
pub use host::{Host, HostError, RunningHost};
pub use signals::Signals;

#[cfg(test)]
mod tests {
    /// The text between the first ` ```{kind} ` and its end.
    fn example(page: &str, kind: &str) -> String {
        let (_, rest) = page.split_once(&format!("```{kind}\n")).unwrap();
        rest.split_once("```\n").unwrap().0.to_owned()
    }

    #[test]
    fn the_readme_begins_with_the_example_of_this_page() {
        let page = include_str!("lib.rs").lines().map_while(|line| line.strip_prefix("//!"));
        let page: Vec<&str> = page.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        let readme = include_str!("../../../README.md");
        assert_eq!(example(readme, "rust"), example(&page.join("\n"), "no_run"));
    }
}
