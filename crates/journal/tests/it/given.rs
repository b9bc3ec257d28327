//! Journals, events and acts for tests.

use std::sync::{Arc, Mutex};

use bookhook_journal::acts::{Park, Replay, Skip, Unpark};
use bookhook_journal::{
    Append, Appended, Backlog, Begin, Begun, Erase, Journal, Location, Place, SealingKey, Settle, Then,
    Unsettled, Whose,
};
use bookhook_model::{
    Actor, Cause, Delivery, DeliveryId, DeliveryIds, Event, EventId, Failure, FailureKind, Fingerprint,
    Header, HookName, LaneKey, OnPark, ParkReason, ReplayOptions, Response, RunEnd, RunNumber, SecretHeader,
    State,
};
use bookhook_testkit::Database;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

/// What a test must never find in a file.
pub(crate) const TOKEN: &str = "ya29.the-users-own-token";

/// A journal in a folder or a database that is gone after the test.
pub(crate) struct Home {
    location: Location,
    folder: tempfile::TempDir,
    database: Option<Database>,
}

impl Home {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("bookhook.db"));
        Self { location, folder, database: None }
    }

    pub(crate) async fn postgres() -> Self {
        let database = Database::new().await;
        let location = database.address().parse().unwrap();
        Self { location, folder: tempfile::tempdir().unwrap(), database: Some(database) }
    }

    pub(crate) fn memory() -> Self {
        Self { location: Location::Memory, folder: tempfile::tempdir().unwrap(), database: None }
    }

    pub(crate) fn location(&self) -> &Location {
        &self.location
    }

    pub(crate) fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("bookhook.db")
    }

    /// Where the journal is, if that is a server.
    pub(crate) fn database(&self) -> &Database {
        self.database.as_ref().unwrap()
    }

    /// Opens the journal with the key beside it, or one that all hosts of a database have.
    pub(crate) async fn open(&self) -> Journal {
        let key = self.database.is_some().then(|| SealingKey::from_bytes([42; 32]));
        Journal::open(&self.location, key).await.unwrap()
    }

    /// Whether the journal is still there when it is opened again.
    pub(crate) fn lasts(&self) -> bool {
        self.location != Location::Memory
    }

    /// Every byte of every file but the key's, or of every table.
    pub(crate) async fn stored(&self) -> Vec<u8> {
        let Some(database) = &self.database else { return self.bytes() };
        let client = database.connect().await;
        let mut bytes = Vec::new();
        for table in ["delivery", "payload", "run"] {
            let copy = format!("COPY bookhook.{table} TO STDOUT (FORMAT binary)");
            let mut rows = Box::pin(client.copy_out(&copy).await.unwrap());
            while let Some(row) = rows.try_next().await.unwrap() {
                bytes.extend_from_slice(&row);
            }
        }
        bytes
    }

    /// Every byte of every file but the key's.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let files = files.filter(|path| path.extension().is_none_or(|suffix| suffix != "key"));
        files.flat_map(|path| std::fs::read(path).unwrap()).collect()
    }
}

/// Ten o'clock, and so many seconds.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

/// When tokens of [`sending`] expire.
pub(crate) fn token_expiry() -> Timestamp {
    at(0) + SignedDuration::from_hours(1)
}

pub(crate) fn new_id() -> DeliveryId {
    static IDS: Mutex<Option<DeliveryIds>> = Mutex::new(None);
    IDS.lock().unwrap().get_or_insert_default().next(at(0))
}

pub(crate) fn hook() -> HookName {
    "tax-bot".parse().unwrap()
}

/// The hooks that hosts have.
pub(crate) fn serves() -> Arc<[HookName]> {
    [hook()].into()
}

/// A person.
pub(crate) fn ada() -> Actor {
    "ada@laptop".parse().unwrap()
}

/// A sending of the event with this id, without tokens, in a lane of its own.
pub(crate) fn sending(event: &str, place: Place) -> Append {
    let event = Event {
        id: Some(EventId(event.into())),
        event_type: "TRANSACTION_CHECKED".into(),
        lane: Some(LaneKey(event.into())),
        book_id: Some("book-1".into()),
        agent_id: Some("some-agent".into()),
        user_id: Some("mia".into()),
        headers: vec![Header { name: "content-type".into(), value: Bytes::from_static(b"application/json") }],
        secrets: Vec::new(),
        body: Bytes::from(format!("{{\"id\":\"{event}\"}}")),
        fingerprint: Fingerprint([7; 16]),
    };
    let (received_at, token_expires_at) = (at(0), token_expiry());
    Append { id: new_id(), hook: hook(), event, received_at, token_expires_at, place, after: None }
}

/// The same with a token.
pub(crate) fn sending_with_token(event: &str, place: Place) -> Append {
    let mut act = sending(event, place);
    act.event
        .secrets
        .push(SecretHeader { name: "bkper-oauth-token".into(), value: SecretString::from(TOKEN) });
    act
}

pub(crate) fn answered(response: &Response) -> RunEnd {
    RunEnd::Answered { status: Some(200), response: response.clone() }
}

pub(crate) fn failed() -> RunEnd {
    RunEnd::Failed(Failure::new(FailureKind::Status(503), "the handler answered 503"))
}

/// The end of a run with a response.
pub(crate) fn settling(id: DeliveryId, run: RunNumber, response: &Response) -> Settle {
    Settle { id, run, at: at(1), end: answered(response), then: Then::Settled(response.clone()) }
}

/// The end of a run without.
pub(crate) fn failing(id: DeliveryId, run: RunNumber, then: Then) -> Settle {
    Settle { id, run, at: at(1), end: failed(), then }
}

pub(crate) fn beginning(id: DeliveryId, cause: Cause) -> Begin {
    Begin { id, cause, at: at(2), after: None, gives_up: None, on_park: OnPark::Continue }
}

/// The delivery is given up after its run.
pub(crate) fn parking(reason: ParkReason, on_park: OnPark) -> Then {
    Then::Park { reason, on_park }
}

/// Ada replays the delivery.
pub(crate) fn replaying(id: DeliveryId) -> Replay {
    Replay { id, options: ReplayOptions::default(), serves: [hook()].into(), who: ada(), at: at(10) }
}

/// Ada puts the parked delivery back into its place.
pub(crate) fn unparking(id: DeliveryId) -> Unpark {
    Unpark { id, serves: [hook()].into(), who: ada(), at: at(11) }
}

/// Ada gives the delivery up.
pub(crate) fn parking_by_hand(id: DeliveryId) -> Park {
    Park { id, reason: Some("month end".to_owned()), who: ada(), at: at(12) }
}

/// Ada has the delivery settled without a run.
pub(crate) fn skipping(id: DeliveryId) -> Skip {
    Skip { id, who: ada(), at: at(13) }
}

/// Ada has all of this one erased.
pub(crate) fn erasing(whose: Whose) -> Erase {
    Erase { whose, who: ada(), at: at(14) }
}

/// Appends a fresh event that starts; gives its delivery.
pub(crate) async fn started(journal: &Journal, event: &str) -> DeliveryId {
    let act = sending(event, Place::Start);
    let id = act.id;
    assert_eq!(journal.append(act).await.unwrap(), Appended::Fresh { conflict: false });
    id
}

/// The same, and settles it.
pub(crate) async fn settled(journal: &Journal, event: &str, response: &Response) -> DeliveryId {
    let id = started(journal, event).await;
    journal.settle(settling(id, RunNumber::FIRST, response)).await.unwrap();
    id
}

pub(crate) async fn found(journal: &Journal, id: DeliveryId) -> Delivery {
    journal.find(id).await.unwrap().unwrap()
}

/// What a host that starts finds unsettled.
pub(crate) async fn recovered(journal: &Journal, at: Timestamp) -> Vec<Unsettled> {
    let found = journal.recover(at, serves()).await.unwrap();
    all_of(journal, found.unsettled).await
}

pub(crate) async fn all_of(journal: &Journal, mut backlog: Backlog) -> Vec<Unsettled> {
    let mut all = Vec::new();
    while let Some(portion) = backlog.take_portion() {
        all.extend(journal.unsettled(portion).await.unwrap());
    }
    all
}

pub(crate) async fn state(journal: &Journal, id: DeliveryId) -> State {
    found(journal, id).await.state
}

/// The event of a run that has begun.
pub(crate) fn event_of(begun: Begun) -> (RunNumber, Event) {
    match begun {
        Begun::Run { run, event } => (run, *event),
        Begun::Parked(reason) => panic!("parked: {reason}"),
    }
}
