//! Files are sent to a book, found, changed and deleted.
//!
//! A file that is deleted is gone from the transactions that it was attached to. No event carries content: what an app is
//! sent of a new file is completed when it is sent.

use bkper_model::{self as wire, BookId, EventObject, EventType, FileId};
use rusqlite::Connection;

use super::file::UNKNOWN_TYPE;
use super::{Book, Changes, Content, Entered, File, Properties, Right};
use crate::act::{Act, View};
use crate::refusal::{Kind, Refusal};
use crate::store;

/// A page of the book's files, newest first, without their content.
pub(crate) fn list(
    view: &View<'_>,
    book: &BookId,
    cursor: Option<&str>,
    limit: usize,
) -> Result<wire::FileList, Refusal> {
    view.enter(book, Right::See)?;
    // A cursor that the sandbox did not make begins anew.
    let before = cursor.and_then(|cursor| cursor.parse().ok());
    let mut page = store::files::page(view.db, book, before, limit + 1)?;
    let is_last = page.len() <= limit;
    page.truncate(limit);
    let cursor = page.last().filter(|_| !is_last).map(|(place, _)| place.to_string());
    let items = page.iter().map(|(_, file)| show(view.db, file)).collect::<Result<_, _>>()?;
    Ok(wire::FileList { items: Some(items), cursor, ..wire::FileList::default() })
}

/// The file with its content.
pub(crate) fn get(view: &View<'_>, book: &BookId, id: &FileId) -> Result<wire::File, Refusal> {
    view.enter(book, Right::See)?;
    let file = find(view, book, id)?;
    let content = store::files::content(view.db, id)?.map(Content::into_base64);
    Ok(wire::File { content, ..show(view.db, &file)? })
}

/// What the file is said to be, and what is in it.
pub(crate) fn open(db: &Connection, id: &FileId) -> Result<(String, Vec<u8>), Refusal> {
    let file = store::files::find_anywhere(db, id)?.ok_or_else(|| unknown(id))?;
    let content = store::files::content(db, id)?.unwrap_or_else(Content::empty);
    // It was decoded when it came.
    Ok((file.content_type, content.bytes().unwrap_or_default()))
}

/// A new file.
pub(crate) fn create(act: &Act<'_>, book: &BookId, body: wire::File) -> Result<wire::File, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Draft)?;
    let file = keep(act, &book, body)?;
    if file.is_attachment() {
        act.touch(&book)?;
        show(act.db, &file)
    } else {
        told(act, &book, &file, EventType::FileCreated, None)
    }
}

/// Changes the file, or what is said about it.
pub(crate) fn update(act: &Act<'_>, book: &BookId, mut body: wire::File) -> Result<wire::File, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Manage)?;
    let id = body.id.take().ok_or(Refusal::Required { field: "id" })?;
    let mut file = find(act, &book.id, &id)?;
    let mut changes = Changes::default();
    file.change(&body, &mut changes)?;
    if let Some(text) = body.content {
        replace_content(act, &mut file, Content::given(text)?, &mut changes)?;
    }
    let Some(previous) = changes.previous() else { return show(act.db, &file) };
    file.updated = act.now;
    store::files::update(act.db, &file)?;
    told(act, &book, &file, EventType::FileUpdated, Some(previous))
}

fn replace_content(
    act: &Act<'_>,
    file: &mut File,
    given: Content,
    changes: &mut Changes,
) -> Result<(), Refusal> {
    let mut content = store::files::content(act.db, &file.id)?.unwrap_or_else(Content::empty);
    changes.set_untold(&mut content, given);
    changes.set("size", &mut file.size, content.size(), ToString::to_string);
    Ok(store::files::update_content(act.db, &file.id, &content)?)
}

/// Deletes the file.
pub(crate) fn delete(act: &Act<'_>, book: &BookId, id: &FileId) -> Result<wire::File, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Manage)?;
    let file = find(act, &book.id, id)?;
    store::files::delete(act.db, id)?;
    told(act, &book, &file, EventType::FileDeleted, None)
}

/// The files of the book that a transaction of it names. One that is not in the book becomes a file of it when it comes with
/// its content, and is left out otherwise: a bot that mirrors a transaction names the files of the other book every time.
pub(crate) fn attached(act: &Act<'_>, book: &Book, given: &[wire::File]) -> Result<Vec<FileId>, Refusal> {
    let mut ids: Vec<FileId> = Vec::new();
    for file in given {
        let Some(id) = attach(act, book, file)? else { continue };
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

fn attach(act: &Act<'_>, book: &Book, given: &wire::File) -> Result<Option<FileId>, Refusal> {
    if let Some(id) = &given.id
        && store::files::find(act.db, &book.id, id)?.is_some()
    {
        return Ok(Some(id.clone()));
    }
    let is_whole = given.content.is_some();
    is_whole.then(|| keep(act, book, given.clone()).map(|file| file.id)).transpose()
}

/// Copies these files of one book into another one.
pub(crate) fn copy(
    act: &Act<'_>,
    from: &BookId,
    ids: &[FileId],
    to: &BookId,
) -> Result<Vec<FileId>, Refusal> {
    let mut copies = Vec::new();
    for id in ids {
        let Some(file) = store::files::find(act.db, from, id)? else { continue };
        let copy = File {
            id: FileId::new(act.opaque_id("file")?),
            book: to.clone(),
            agent: act.actor.agent.clone(),
            created: act.now,
            updated: act.now,
            ..file
        };
        let content = store::files::content(act.db, id)?.unwrap_or_else(Content::empty);
        store::files::insert(act.db, &copy, &content)?;
        copies.push(copy.id);
    }
    Ok(copies)
}

/// The file without its content.
pub(super) fn show(db: &Connection, file: &File) -> Result<wire::File, Refusal> {
    Ok(file.shown(&store::files::address(db)?))
}

fn find(view: &View<'_>, book: &BookId, id: &FileId) -> Result<File, Refusal> {
    store::files::find(view.db, book, id)?.ok_or_else(|| unknown(id))
}

fn unknown(id: &FileId) -> Refusal {
    Refusal::NotFound { kind: Kind::File, id: id.to_string() }
}

/// Makes a file of the book. One without content that has the id of another file is a copy of it.
fn keep(act: &Act<'_>, book: &Book, body: wire::File) -> Result<File, Refusal> {
    let source = if body.content.is_none() { elsewhere(act, &body)? } else { None };
    let content = match (body.content, &source) {
        (Some(text), _) => Content::given(text)?,
        (None, Some(source)) => store::files::content(act.db, &source.id)?.unwrap_or_else(Content::empty),
        (None, None) => Content::empty(),
    };
    let (name, content_type) = source.map(|file| (file.name, file.content_type)).unzip();
    let name = body.name.or(name).filter(|name| !name.trim().is_empty());
    let file = File {
        id: FileId::new(act.opaque_id("file")?),
        book: book.id.clone(),
        name: name.ok_or(Refusal::Required { field: "name" })?,
        content_type: body.content_type.or(content_type).unwrap_or_else(|| UNKNOWN_TYPE.to_owned()),
        size: content.size(),
        properties: body.properties.as_ref().map(Properties::given).transpose()?.unwrap_or_default(),
        agent: act.actor.agent.clone(),
        created: act.now,
        updated: act.now,
    };
    store::files::insert(act.db, &file, &content)?;
    Ok(file)
}

/// The file with this id in any book that the user can see.
fn elsewhere(view: &View<'_>, body: &wire::File) -> Result<Option<File>, Refusal> {
    let Some(id) = &body.id else { return Ok(None) };
    let Some(file) = store::files::find_anywhere(view.db, id)? else { return Ok(None) };
    let Some(book) = store::books::find(view.db, &file.book)? else { return Ok(None) };
    let permission = book.permission_of(view.db, &view.actor.user)?;
    Ok(Right::See.is_in(permission).then_some(file))
}

/// Records what happened to the file.
fn told(
    act: &Act<'_>,
    book: &Book,
    file: &File,
    what: EventType,
    previous: Option<wire::TextMap>,
) -> Result<wire::File, Refusal> {
    act.touch(book)?;
    let shown = show(act.db, file)?;
    act.record(book, what, file.id.as_str(), EventObject::File(shown.clone()), previous)?;
    Ok(shown)
}
