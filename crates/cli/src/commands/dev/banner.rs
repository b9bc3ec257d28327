//! What a person wants to know at the start, and can do next.

use std::net::SocketAddr;

use bookhook::bkper_model::{Account, AccountList, AccountType};
use bookhook::config::Config;
use bookhook_sandbox::{About, Sandbox, ShownBook};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::local::Door;
use crate::call::client_here;
use crate::inert::one_line;
use crate::printer::Printer;
use crate::style::{BOLD, DIM, painted};

/// What runs, as lines.
pub(super) struct Banner {
    hooks: Vec<[String; 3]>,
    api: String,
    /// Where the apps are installed.
    books: String,
    curl: String,
}

impl Banner {
    pub(super) async fn of(config: &Config, door: &Door, sandbox: &Sandbox) -> anyhow::Result<Self> {
        let about = sandbox.about()?;
        let hooks = config.hooks.iter();
        Ok(Self {
            hooks: hooks
                .map(|hook| {
                    [hook.name.to_string(), door.url(&hook.path), one_line(&hook.handler.to_string())]
                })
                .collect(),
            api: sandbox.url(),
            books: books(&about, sandbox.is_new()),
            curl: curl(&about).await?,
        })
    }

    pub(super) fn hooks_as_json(&self) -> Vec<serde_json::Value> {
        let hook = |[name, url, handler]: &[String; 3]| serde_json::json!({ "name": name, "url": url, "handler": handler });
        self.hooks.iter().map(hook).collect()
    }

    pub(super) fn print(&self, console: Option<SocketAddr>, printer: Printer) {
        let line = |name: &str, text: &str| {
            printer.note(format_args!("  {}  {text}", painted(format_args!("{name:<7}"), DIM)));
        };
        printer
            .note(format_args!("{}: a local Bkper, a host and your handler", painted("bookhook dev", BOLD)));
        for [name, url, handler] in &self.hooks {
            line("hook", &format!("{url} {} {handler}", painted("→", DIM)));
            line("", &painted(format_args!("{name} {}", self.books), DIM).to_string());
        }
        line("Bkper", &format!("{}  {}", self.api, painted("the handler finds it in BKPER_API_URL", DIM)));
        if let Some(console) = console {
            let api = painted("the operators' door, for `bookhook hooks`, `pause`, `replay`, …", DIM);
            line("API", &format!("http://{console}  {api}"));
        }
        line("try", &self.curl);
        if let [[_, url, _], ..] = self.hooks.as_slice() {
            line("", &format!("bookhook send TRANSACTION_CHECKED --to {url}"));
        }
        line("keys", "r and Enter: the last event again; q and Enter, or Ctrl-C: the end");
    }
}

/// What the sandbox does with an app when it begins with its seed; what it goes on with it leaves as it is.
fn books(about: &About, is_new: bool) -> String {
    let books = about.books.iter().map(|book| one_line(&book.id)).collect::<Vec<_>>().join(", ");
    match (is_new, books.is_empty()) {
        (true, false) => format!("is installed in {books}"),
        (true, true) => "is installed in no book: there is none".to_owned(),
        (false, _) => "is installed where it was: the books of the file go on".to_owned(),
    }
}

/// A line that works when it is pasted into a shell: a transaction is posted and checked in the first book, or the books
/// are listed where there is none to do it in.
async fn curl(about: &About) -> anyhow::Result<String> {
    let api = &about.facts.api;
    if let Some(book) = about.books.first()
        && let Some((from, to)) = accounts(api, book).await?
    {
        let day = Timestamp::now().to_zoned(TimeZone::UTC).date();
        let body = serde_json::json!({
            "date": day, "amount": "100", "description": "Try", "checked": true,
            "creditAccount": {"id": from}, "debitAccount": {"id": to},
        });
        let ShownBook { id, owner, .. } = book;
        return Ok(format!(
            "curl '{api}/v5/books/{id}/transactions' -H 'Authorization: Bearer {owner}' \
             -H 'Content-Type: application/json' -d '{body}'"
        ));
    }
    let user = about.users.first().map_or("mia", |user| &user.username);
    Ok(format!("curl '{api}/v5/books' -H 'Authorization: Bearer {user}'"))
}

/// The ids of two accounts between which money can move: from what comes in to what is owned, where there are such.
async fn accounts(api: &str, book: &ShownBook) -> anyhow::Result<Option<(String, String)>> {
    let url = format!("{api}/v5/books/{}/accounts", book.id);
    let answer = client_here()?.get(url).bearer_auth(&book.owner).send().await?;
    let mut accounts = answer.error_for_status()?.json::<AccountList>().await?.items.unwrap_or_default();
    accounts.retain(|account| account.id.is_some() && account.archived != Some(true));
    let id = |account: &Account| account.id.as_ref().map(ToString::to_string);
    let of_type = |wanted: AccountType| {
        accounts.iter().find(|account| account.account_type.as_ref() == Some(&wanted)).and_then(id)
    };
    let from = of_type(AccountType::Incoming).or_else(|| accounts.first().and_then(id));
    let to = of_type(AccountType::Asset).or_else(|| accounts.last().and_then(id));
    Ok(from.zip(to).filter(|(from, to)| from != to))
}
