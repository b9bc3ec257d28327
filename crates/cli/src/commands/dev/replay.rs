//! The last event once more, as somebody would replay it in Bkper.

use anyhow::{Context, bail};
use bookhook::bkper_model::{AgentId, BookId, EventId};
use bookhook_sandbox::{Delivery, Happening, Sandbox};

use crate::call::client_here;
use crate::inert;
use crate::printer::Printer;

/// Replays.
pub(super) struct Replay<'a> {
    sandbox: &'a Sandbox,
    client: reqwest::Client,
    last: Option<Sent>,
}

/// An event that was sent to an app.
#[derive(Clone)]
struct Sent {
    book: BookId,
    event: EventId,
    app: AgentId,
}

impl<'a> Replay<'a> {
    pub(super) fn at(sandbox: &'a Sandbox) -> anyhow::Result<Self> {
        Ok(Self { sandbox, client: client_here()?, last: None })
    }

    /// Remembers which event was the last one.
    pub(super) fn note(&mut self, happening: &Happening) {
        if let Happening::Delivery(Delivery { book, event, app, .. }) = happening {
            self.last = Some(Sent { book: book.clone(), event: event.clone(), app: app.clone() });
        }
    }

    /// Has the last event sent again. What comes of it is told like any other.
    pub(super) fn last(&self, printer: Printer) {
        let Some(sent) = self.last.clone() else {
            printer.aside("there is no event to replay yet: post and check a transaction first");
            return;
        };
        match self.request(&sent) {
            Ok(request) => drop(tokio::spawn(async move {
                if let Err(error) = send(request).await {
                    printer.warn(inert::one_line(&format!("the event was not replayed: {error:#}")));
                }
            })),
            Err(error) => printer.warn(format_args!("the event cannot be replayed: {error:#}")),
        }
    }

    /// On behalf of the book's owner, who may replay everything.
    fn request(&self, Sent { book, event, app }: &Sent) -> anyhow::Result<reqwest::RequestBuilder> {
        let about = self.sandbox.about()?;
        let book = about.books.iter().find(|known| known.id == book.as_str()).context("its book is gone")?;
        let path = format!("/v5/books/{}/events/{}/responses/{}", book.id, event.as_str(), app.as_str());
        Ok(self.client.put(format!("{}{path}", self.sandbox.url())).bearer_auth(&book.owner))
    }
}

async fn send(request: reqwest::RequestBuilder) -> anyhow::Result<()> {
    let answer = request.send().await?;
    let status = answer.status();
    if !status.is_success() {
        bail!("{status} {}", answer.text().await.unwrap_or_default());
    }
    Ok(())
}
