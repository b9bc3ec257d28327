//! What is read from a journal: pages of deliveries, payloads; and the reader beside a running host.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use bookhook_model::{ActFilter, Delivery, DeliveryId, Filter, Header, Pause};

use crate::error::{OpenError, ReadError};
use crate::location::Location;
use crate::{postgres, sqlite, texts};

/// A place in the order of append, between two deliveries. Opaque; its text can be handed out and read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cursor(i64);

/// A text that is no cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no cursor: pass on the `next` of a page")]
pub struct BadCursor(String);

impl Cursor {
    /// Before the first delivery.
    pub const START: Self = Self(0);

    pub(crate) fn at(seq: i64) -> Self {
        Self(seq)
    }

    pub(crate) fn seq(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s{}", self.0)
    }
}

impl FromStr for Cursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let seq = text.strip_prefix('s').and_then(|digits| digits.parse().ok());
        seq.filter(|seq| *seq >= 0).map(Self).ok_or_else(|| BadCursor(text.chars().take(40).collect()))
    }
}

impl TryFrom<String> for Cursor {
    type Error = BadCursor;

    fn try_from(text: String) -> Result<Self, BadCursor> {
        text.parse()
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.to_string()
    }
}

/// Some deliveries, or acts, and where the next ones begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T = Delivery> {
    /// They: as many as were asked for at most. Fewer, or none, where a filter takes few of many.
    pub items: Vec<T>,
    /// Where to go on; `None` when that was the last page.
    pub next: Option<Cursor>,
}

/// What came with a delivery, but for its tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The headers, in order.
    pub headers: Vec<Header>,
    /// The body, byte for byte.
    pub body: Bytes,
}

impl Payload {
    /// The body's content type, as it came.
    pub fn content_type(&self) -> Option<&str> {
        let header = self.headers.iter().find(|header| &*header.name == "content-type")?;
        std::str::from_utf8(&header.value).ok()
    }
}

/// What a delivery has before it, beside what its record tells; all of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// The delivery, with its runs.
    pub delivery: Delivery,
    /// It waits for its caller to send it again.
    pub awaits_caller: bool,
    /// When it was sent, or put into its lane again, the last time.
    pub sent_at: Timestamp,
    /// How many runs there were since.
    pub tries: u32,
    /// The token that it came with.
    pub token: KeptToken,
    /// What holds it: its hook's pause, its lane's.
    pub pauses: Vec<Pause>,
    /// The name of the host that sees to it, where there are several.
    pub host: Option<String>,
}

/// What is left of the token that a delivery came with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptToken {
    /// It came without one.
    None,
    /// It is there, and good until then.
    Until(Timestamp),
    /// It was erased.
    Erased,
}

/// Which acts to list, the newest first.
#[derive(Debug)]
pub(crate) struct ActListing {
    pub(crate) filter: ActFilter,
    pub(crate) before: Option<Cursor>,
    pub(crate) limit: usize,
}

/// Which deliveries to list, and in which order.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) filter: Filter,
    pub(crate) order: Order,
    pub(crate) limit: usize,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// The newest first, of those before the cursor.
    Newest(Option<Cursor>),
    /// The oldest first, of those after the cursor.
    After(Cursor),
}

impl Listing {
    pub(crate) fn newest(filter: &Filter, before: Option<&Cursor>, limit: usize) -> Self {
        Self { filter: texts::of_filter(filter.clone()), order: Order::Newest(before.copied()), limit }
    }

    pub(crate) fn after(filter: &Filter, after: Cursor, limit: usize) -> Self {
        Self { filter: texts::of_filter(filter.clone()), order: Order::After(after), limit }
    }
}

/// A journal that is only looked at, while a host may be running on it. Clones are the same reader.
///
/// It sees what is durable, takes no lock that a host would wait for, and changes nothing.
#[derive(Debug, Clone)]
pub struct Reader(Source);

#[derive(Debug, Clone)]
enum Source {
    Sqlite(sqlite::Reads),
    Postgres(postgres::LoneReads),
}

/// Asks whichever it is.
macro_rules! ask {
    ($source:expr, $reads:ident => $ask:expr) => {
        match $source {
            Source::Sqlite($reads) => $ask,
            Source::Postgres($reads) => $ask,
        }
    };
}

impl Reader {
    /// Opens the journal at this place for reading. There is none in memory but for the host that has it.
    pub async fn open(location: &Location) -> Result<Self, OpenError> {
        let location = location.clone();
        sqlite::off_thread(move || match &location {
            Location::Sqlite(path) => sqlite::Reads::open_file(path).map(|reads| Self(Source::Sqlite(reads))),
            Location::Postgres(address) => {
                postgres::LoneReads::open(address).map(|reads| Self(Source::Postgres(reads)))
            }
            Location::Memory => Err(OpenError::Missing { path: "memory".into() }),
        })
        .await?
    }

    /// The delivery, with its runs.
    pub async fn find(&self, id: DeliveryId) -> Result<Option<Delivery>, ReadError> {
        ask!(&self.0, reads => reads.find(id)).await
    }

    /// What came with the delivery, but for tokens.
    pub async fn payload(&self, id: DeliveryId) -> Result<Option<Payload>, ReadError> {
        ask!(&self.0, reads => reads.payload(id)).await
    }

    /// As [`Journal::list`](crate::Journal::list).
    pub async fn list(
        &self,
        filter: &Filter,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, ReadError> {
        ask!(&self.0, reads => reads.list(Listing::newest(filter, cursor, limit))).await
    }

    /// As [`Journal::list_after`](crate::Journal::list_after): asked again and again with the `next` of the page
    /// before, it follows the journal.
    pub async fn list_after(&self, filter: &Filter, after: Cursor, limit: usize) -> Result<Page, ReadError> {
        ask!(&self.0, reads => reads.list(Listing::after(filter, after, limit))).await
    }

    /// The place after the newest delivery, from which to follow.
    pub async fn end(&self) -> Result<Cursor, ReadError> {
        ask!(&self.0, reads => reads.end()).await
    }
}
