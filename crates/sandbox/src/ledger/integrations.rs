//! Apps are installed in books, and removed.

use bkper_model::{self as wire, AgentId, BookId, EventObject, EventType};

use super::{App, Book, Integration, IntegrationId, Right, apps};
use crate::act::{Act, View};
use crate::refusal::{Kind, Refusal};
use crate::store;

/// What is installed in the book, oldest first.
pub(crate) fn list(view: &View<'_>, book: &BookId) -> Result<Vec<wire::Integration>, Refusal> {
    let book = view.enter(book, Right::See)?.book;
    let integrations = store::integrations::of_book(view.db, &book.id)?;
    integrations.iter().map(|integration| shown(view, integration)).collect()
}

/// The apps that are installed in the book.
pub(crate) fn installed_apps(view: &View<'_>, book: &BookId) -> Result<Vec<wire::App>, Refusal> {
    let book = view.enter(book, Right::See)?.book;
    let apps = store::integrations::apps(view.db, &book.id)?;
    Ok(apps.iter().map(|app| app.shown(&view.actor.user)).collect())
}

/// Installs an app. From now on it is told what happens in the book, and acts there for the user. Where the app is
/// installed already, that stays as it is.
pub(crate) fn create(
    act: &Act<'_>,
    book: &BookId,
    body: &wire::Integration,
) -> Result<wire::Integration, Refusal> {
    let book = act.enter(book, Right::Manage)?.book;
    let app = body.agent_id.as_ref().map(|id| apps::find(act, id)).transpose()?;
    if let Some(existing) = installed(act, &book, app.as_ref())? {
        return shown(act, &existing);
    }
    match &app {
        Some(app) if !app.is_for(&act.actor.user) => return Err(Refusal::NotForUser { id: app.id.clone() }),
        None if body.connection_id.is_none() => return Err(Refusal::Required { field: "agentId" }),
        _ => {}
    }
    let agent = app.map(|app| app.id);
    let id = IntegrationId(act.number_id()?);
    let mut integration = Integration::new(id, book.id.clone(), agent, &act.actor.user, act.now);
    integration.change(body)?;
    store::integrations::insert(act.db, &integration)?;
    told(act, &book, &integration, EventType::IntegrationCreated, None)
}

/// Changes the name, the connection or the properties. Without an id the app is installed, or what is installed of it is
/// changed.
pub(crate) fn update(
    act: &Act<'_>,
    book: &BookId,
    body: &wire::Integration,
) -> Result<wire::Integration, Refusal> {
    let entered = act.enter(book, Right::Manage)?.book;
    let mut integration = match (&body.id, &body.agent_id) {
        (Some(id), _) => find(act, &entered, id.as_ref())?,
        (None, Some(agent)) => match store::integrations::of_app(act.db, book, agent)? {
            Some(integration) => integration,
            None => return create(act, book, body),
        },
        (None, None) => return Err(Refusal::Required { field: "id" }),
    };
    let Some(previous) = integration.change(body)?.previous() else {
        return shown(act, &integration);
    };
    integration.updated = act.now;
    store::integrations::update(act.db, &integration)?;
    told(act, &entered, &integration, EventType::IntegrationUpdated, Some(previous))
}

/// Removes what is installed. The app is told nothing more, not even of what happened before and waits to be sent.
pub(crate) fn delete(act: &Act<'_>, book: &BookId, id: &str) -> Result<wire::Integration, Refusal> {
    let book = act.enter(book, Right::Manage)?.book;
    let integration = find(act, &book, id)?;
    store::integrations::delete(act.db, integration.id)?;
    if let Some(agent) = &integration.agent {
        let lane = store::outbox::Lane { book: book.id.clone(), agent: agent.clone() };
        store::outbox::clear(act.db, &lane)?;
    }
    told(act, &book, &integration, EventType::IntegrationDeleted, None)
}

fn installed(act: &Act<'_>, book: &Book, app: Option<&App>) -> Result<Option<Integration>, Refusal> {
    let find = |agent: &AgentId| store::integrations::of_app(act.db, &book.id, agent);
    Ok(app.map(|app| find(&app.id)).transpose()?.flatten())
}

fn find(act: &Act<'_>, book: &Book, id: &str) -> Result<Integration, Refusal> {
    let unknown = || Refusal::NotFound { kind: Kind::Integration, id: id.to_owned() };
    let number = IntegrationId::parse(id).ok_or_else(unknown)?;
    store::integrations::find(act.db, &book.id, number)?.ok_or_else(unknown)
}

pub(super) fn shown(view: &View<'_>, integration: &Integration) -> Result<wire::Integration, Refusal> {
    let app = match &integration.agent {
        Some(agent) => store::apps::find(view.db, agent)?,
        None => None,
    };
    Ok(integration.shown(app.as_ref()))
}

/// Records what happened, as it is afterwards.
fn told(
    act: &Act<'_>,
    book: &Book,
    integration: &Integration,
    what: EventType,
    previous: Option<wire::TextMap>,
) -> Result<wire::Integration, Refusal> {
    act.touch(book)?;
    let shown = shown(act, integration)?;
    let object = EventObject::Integration(shown.clone());
    act.record(book, what, &integration.id.0.to_string(), object, previous)?;
    Ok(shown)
}
