//! Which journal to look at, and one delivery in it.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use bookhook::config::{Config, JournalLocation};
use bookhook::journal::{BadLocation, Location, OpenError, Reader};
use bookhook::model::{Delivery, DeliveryId, Filter};

use crate::args::JournalArgs;
use crate::exit::Complaint;

const CONFIG: &str = "bookhook.yaml";
const JOURNAL: &str = "bookhook.db";

/// How many of the newest deliveries are looked through for the end of an id, and how many at once.
const LOOKED_THROUGH_MAX: usize = 20_000;
const PAGE: usize = 500;
/// How much of the end of a delivery's id the list shows; shorter ends are not looked for.
pub(crate) const SHORT_ID: usize = 6;

/// Opens the journal that was asked for, beside the host that may be running on it.
pub(crate) async fn open(args: &JournalArgs) -> Result<Reader, Complaint> {
    let location = location(args)?;
    if location == Location::Memory {
        let error = anyhow::anyhow!("the journal is in memory, where only its own host sees it");
        return Err(
            Complaint::misused(error).hint("give the host a journal on disk: `journal: sqlite:bookhook.db`")
        );
    }
    if let Location::Sqlite(path) = &location {
        check_file(path)?;
    }
    Reader::open(&location).await.map_err(|error| match error {
        OpenError::Missing { .. } => Complaint::misused(error).hint(
            "name the journal with --journal PATH or --config FILE; `bookhook serve` makes one when it starts",
        ),
        _ => Complaint::failed(error),
    })
}

/// What can be told of the file itself; what else may be wrong with it, or that there is none, the reader tells.
fn check_file(path: &Path) -> Result<(), Complaint> {
    let shown = path.display();
    if path.is_dir() {
        let error = anyhow::anyhow!("{shown} is a folder, not a journal");
        return Err(Complaint::misused(error).hint(format!("name the file in it, as in {shown}/{JOURNAL}")));
    }
    match std::fs::File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Err(Complaint::failed(anyhow::anyhow!("{shown} may not be read by this user")))
        }
        _ => Ok(()),
    }
}

fn location(args: &JournalArgs) -> Result<Location, Complaint> {
    match &args.journal {
        Some(named) => of_argument(named).context("--journal").map_err(Complaint::misused),
        None => configured(args.config.as_deref()),
    }
}

/// That of this configuration, of the one that is here, or of a host that has none.
pub(crate) fn configured(config: Option<&Path>) -> Result<Location, Complaint> {
    let default = Path::new(CONFIG);
    match config.or_else(|| default.exists().then_some(default)) {
        Some(config) => of_config(config),
        None => Ok(Location::Sqlite(PathBuf::from(JOURNAL))),
    }
}

/// A path, or a place as the configuration writes it.
pub(crate) fn of_argument(named: &str) -> Result<Location, BadLocation> {
    let is_place = named
        .split_once(':')
        .is_some_and(|(kind, _)| kind.starts_with("sqlite") || kind.starts_with("postgres"));
    if is_place {
        return named.parse().map(with_password);
    }
    Ok(Location::Sqlite(PathBuf::from(named)))
}

/// As PostgreSQL's own programs find it.
fn with_password(location: Location) -> Location {
    match (location, std::env::var("PGPASSWORD")) {
        (Location::Postgres(address), Ok(password)) if !address.has_password() => {
            Location::Postgres(address.with_password(&password.into()))
        }
        (location, _) => location,
    }
}

fn of_config(config: &Path) -> Result<Location, Complaint> {
    let loaded = Config::load(config, &|name| std::env::var(name).ok())?;
    Ok(of_configured(&loaded.config.journal))
}

/// The journal's place, as the journal names it.
pub(crate) fn of_configured(journal: &JournalLocation) -> Location {
    match journal {
        JournalLocation::Sqlite(path) => Location::Sqlite(path.clone()),
        JournalLocation::Postgres(address) => Location::Postgres(address.clone()),
        JournalLocation::Memory => Location::Memory,
    }
}

/// The delivery with this id, with this end of an id, or the newest one of the event with this id.
pub(crate) async fn find(reader: &Reader, id: &str) -> Result<Delivery, Complaint> {
    let found = match id.parse::<DeliveryId>() {
        Ok(id) => Some(id),
        Err(_) => match of_event(reader, id).await? {
            Some(found) => Some(found),
            None => of_short_id(reader, id).await?,
        },
    };
    let delivery = match found {
        Some(id) => reader.find(id).await.map_err(Complaint::failed)?,
        None => None,
    };
    delivery.ok_or_else(|| {
        let shown = crate::inert::shortened(&crate::inert::one_line(id), 80);
        Complaint::failed(anyhow::anyhow!("there is no delivery `{shown}` in this journal"))
            .hint("`bookhook activity` lists what there is")
    })
}

async fn of_event(reader: &Reader, id: &str) -> Result<Option<DeliveryId>, Complaint> {
    let filter = Filter { event_id: Some(id.to_owned()), ..Filter::default() };
    let page = reader.list(&filter, None, 1).await.map_err(Complaint::failed)?;
    Ok(page.items.first().map(|delivery| delivery.id))
}

async fn of_short_id(reader: &Reader, end: &str) -> Result<Option<DeliveryId>, Complaint> {
    let end = end.to_ascii_uppercase();
    if end.len() < SHORT_ID {
        return Ok(None);
    }
    let mut cursor = None;
    for _ in 0..LOOKED_THROUGH_MAX / PAGE {
        let page = reader.list(&Filter::default(), cursor.as_ref(), PAGE).await.map_err(Complaint::failed)?;
        let found = page.items.iter().find(|delivery| delivery.id.to_string().ends_with(&end));
        if let Some(delivery) = found {
            return Ok(Some(delivery.id));
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    Ok(None)
}
