//! Bkper sends events again, with a fresh token of the user who installed the app.
//!
//! The host takes what comes as it takes any event: it knows the delivery again, and runs it as a replay.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow};
use bookhook::bkper_client::Client;
use bookhook::config::{Config, Source};
use bookhook::model::replays::REPLAYS_PER_SECOND;
use bookhook::model::{Delivery, Filter, HookName};
use serde_json::{Value, json};

use crate::args::ReplayArgs;
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::inert::{self, one_line};
use crate::operators::{Host, Page};
use crate::printer::Printer;

const TOKEN: &str = "BKPER_TOKEN";
const API: &str = "BKPER_API_URL";
const CONFIG: &str = "bookhook.yaml";
const PAGE: usize = 500;

pub(super) async fn replay(args: &ReplayArgs, filter: &Filter, printer: Printer) -> Outcome {
    let bkper = bkper()?;
    let host = Host::of(&args.ask.host)?;
    let apps = Apps::of(args);
    let deliveries = match &args.id {
        Some(id) => vec![host.find(id).await?],
        None => all(&host, filter).await?,
    };
    let pause = Duration::from_secs(1) / args.per_second.unwrap_or(REPLAYS_PER_SECOND).get();
    let mut status = ExitStatus::Done;
    for (at, delivery) in deliveries.iter().enumerate() {
        if at > 0 {
            tokio::time::sleep(pause).await;
        }
        let sent = send_again(&bkper, delivery, &apps).await;
        if sent.is_err() {
            status = ExitStatus::Failed;
        }
        tell(delivery, &sent, args.ask.json, printer)?;
    }
    if deliveries.is_empty() {
        printer.aside("no deliveries");
    }
    Ok(status)
}

/// On behalf of the operator.
fn bkper() -> Result<Client, Complaint> {
    let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let token = variable(TOKEN).ok_or_else(|| {
        Complaint::misused(anyhow!("{TOKEN} is not set: Bkper wants to know who asks"))
            .hint("put an access token of your own into it, of a user who may replay events in the book")
    })?;
    let builder = Client::builder().token(token);
    let builder = variable(API).into_iter().fold(builder, bookhook::bkper_client::ClientBuilder::base_url);
    builder.build().map_err(|error| Complaint::misused(anyhow::Error::new(error).context(API)))
}

/// In the order of append.
async fn all(host: &Host, filter: &Filter) -> Result<Vec<Delivery>, Complaint> {
    let mut found = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut query = query_of(filter)?;
        query.push(("limit", PAGE.to_string()));
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        let page: Page<Delivery> = host.get("/deliveries", &query).await?;
        found.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            found.reverse();
            return Ok(found);
        }
    }
}

/// The filter as the API's parameters, which have the names of its fields.
fn query_of(filter: &Filter) -> Result<Vec<(&'static str, String)>, Complaint> {
    let fields = serde_json::to_value(filter).map_err(Complaint::failed)?;
    let names = Filter::FIELDS.into_iter();
    Ok(names
        .filter_map(|name| match &fields[name] {
            Value::String(text) => Some((name, text.clone())),
            Value::Bool(true) => Some((name, "true".to_owned())),
            _ => None,
        })
        .collect())
}

async fn send_again(bkper: &Client, delivery: &Delivery, apps: &Apps) -> anyhow::Result<()> {
    let book = delivery.book_id.as_deref().context("it did not come from a book")?;
    let event = delivery.event_id.as_ref().context("its event has no id")?;
    let app = apps.of_hook(&delivery.hook);
    bkper.book(book).event(&*event.0).replay(app).await.context("Bkper did not send it again")?;
    Ok(())
}

/// Which app is behind which hook.
struct Apps {
    told: Option<String>,
    configured: Vec<(HookName, String)>,
}

impl Apps {
    /// What the command line says, or else the configuration, if there is one.
    fn of(args: &ReplayArgs) -> Self {
        let file = args.ask.host.config.as_deref().unwrap_or(Path::new(CONFIG));
        let loaded = Config::load(file, &|name| std::env::var(name).ok()).ok();
        let hooks = loaded.into_iter().flat_map(|loaded| loaded.config.hooks);
        let configured = hooks.map(|hook| {
            let Source::Bkper(source) = hook.source;
            (hook.name, source.manifest.id)
        });
        Self { told: args.app.clone(), configured: configured.collect() }
    }

    fn of_hook<'a>(&'a self, hook: &'a HookName) -> &'a str {
        let configured = self.configured.iter().find(|(name, _)| name == hook).map(|(_, app)| app.as_str());
        self.told.as_deref().or(configured).unwrap_or(hook.as_str())
    }
}

fn tell(
    delivery: &Delivery,
    sent: &anyhow::Result<()>,
    is_json: bool,
    printer: Printer,
) -> Result<(), Complaint> {
    let error = sent.as_ref().err().map(|error| format!("{error:#}"));
    let id = delivery.id;
    if is_json {
        let line = json!({"id": id, "sent_again": error.is_none(), "error": error});
        printer.line(inert::json_line(&line.to_string()))?;
        return Ok(());
    }
    match error {
        None => printer.line(format_args!("{id}  Bkper has sent it again"))?,
        Some(error) => printer.line(format_args!("{id}  {}", one_line(&error)))?,
    }
    Ok(())
}
