//! Why a request is refused: one variant for each thing that can be wrong with it.
//!
//! How a refusal looks on the wire is told in [`crate::api`]. A refused request changes nothing.

use bkper_model::query::QueryError;
use bkper_model::{AgentId, BookId, TransactionId};
use jiff::civil;

use crate::ledger::{Permission, Right};

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Refusal {
    /// There is no such thing.
    #[error("{kind} not found: {id}")]
    NotFound { kind: Kind, id: String },

    /// The user may not see the book. Sent as 404: clients repeat a request that is answered with 401.
    #[error("The user [{email}] is not a collaborator on the book [{name} - {book}]")]
    NotACollaborator { email: String, name: String, book: BookId },

    /// The user may see the book, and not do this.
    #[error("your permission on the book is {}: to {right} takes {}", found.as_str(), right.least().as_str())]
    Forbidden { right: Right, found: Permission },

    /// The owner of a book cannot be removed, or get less than everything.
    #[error("{owner} owns the book, and stays its owner")]
    OwnerStays { owner: String },

    /// It is somebody else's, and only its owner changes it.
    #[error("the {kind} belongs to {owner}, and only its owner may change it")]
    NotTheOwner { kind: Kind, owner: String },

    /// The token was issued by this sandbox, and its time is over; or it never was.
    #[error("Login Required. The access token is expired or unknown")]
    InvalidToken,

    /// Strict mode, and no token that names a user.
    #[error("Login Required.")]
    NoToken,

    /// The body is not JSON, or not of the form that it should have. The word in the message is what clients look for.
    #[error("InvalidFormatException: {message}")]
    InvalidFormat { message: String },

    /// Something is missing.
    #[error("{field} is required")]
    Required { field: &'static str },

    /// A value is of the right form and makes no sense.
    #[error("{field}: {message}")]
    Invalid { field: &'static str, message: String },

    /// Another resource has the name already.
    #[error("another {kind} has the name {name:?} already")]
    NameTaken { kind: Kind, name: String },

    /// The transaction is not in a status in which this can be done.
    #[error("the transaction is {status} and cannot be {deed}: {remedy}")]
    WrongStatus { status: &'static str, deed: &'static str, remedy: &'static str },

    /// The book is locked or closed until a later day.
    #[error("nothing of {day} can be changed: the book is locked or closed until {until}")]
    Locked { day: civil::Date, until: civil::Date },

    /// Nothing moves from an account to itself.
    #[error("creditAccount and debitAccount are the same account")]
    SameAccount,

    /// Other than two transactions to merge.
    #[error("merging takes two transactions, not {found}")]
    NotTwo { found: usize },

    /// Twice the same transaction to merge.
    #[error("a transaction cannot be merged with itself: {id}")]
    SameTransaction { id: TransactionId },

    /// One item of a batch is refused, and so is the batch.
    #[error("items[{index}]: {refusal}")]
    Item { index: usize, refusal: Box<Refusal> },

    /// The query is none.
    #[error(transparent)]
    Query(#[from] QueryError),

    /// Balances by period have a limit.
    #[error(
        "the balances have too many periods: ask for fewer days, or for longer periods with by:m or by:y"
    )]
    TooManyPeriods,

    /// Sums are exact or not at all.
    #[error("amount: the totals would have more digits than can be kept")]
    TooManyDigits,

    /// The account is needed by what was posted in it.
    #[error("the account {name:?} has posted transactions: archive it instead of deleting it")]
    AccountInUse { name: String },

    /// The group has groups in it.
    #[error("the group {name:?} has groups in it: move or delete them first")]
    GroupInUse { name: String },

    /// The group would be its own parent, at once or further up.
    #[error("the group {name:?} cannot be in itself or in a group that is in it")]
    GroupCycle { name: String },

    /// No app has this id. Clients look for the status, and create the app.
    #[error("App NOT found! ID: {id}")]
    UnknownApp { id: AgentId },

    /// An app has this id already.
    #[error("there is already an app with the id {id}")]
    AppExists { id: AgentId },

    /// Only who owns or develops an app may change it.
    #[error("only the owner and the developers of {id} may change it")]
    NotADeveloper { id: AgentId },

    /// The app names those who may install it, and the user is not among them.
    #[error("{id} may be installed by the users that it names, and you are not among them")]
    NotForUser { id: AgentId },

    /// So many calls are refused on purpose.
    #[error("Too many requests (on purpose: the sandbox has the fault `too_many`)")]
    TooMany,

    /// The call fails on purpose.
    #[error("Internal error (on purpose: the sandbox has the fault `failure`)")]
    Failure,

    /// The body is larger than any that the API takes.
    #[error("the request is too large: a file has at most 20 MB")]
    TooLarge,

    /// The database failed. The reason is for the log, not for the client.
    #[error("the sandbox cannot read or write its data")]
    Storage(#[from] rusqlite::Error),
}

impl Refusal {
    /// This one, of the item at this place of a batch.
    fn of_item(self, index: usize) -> Self {
        match self {
            failure @ Self::Storage(_) => failure,
            refusal => Self::Item { index, refusal: Box::new(refusal) },
        }
    }
}

/// Does something with each item of a batch, in order. A refusal says of which item it is.
pub(crate) fn each_item<T, R>(
    items: &[T],
    mut act: impl FnMut(&T) -> Result<R, Refusal>,
) -> Result<Vec<R>, Refusal> {
    let numbered = items.iter().enumerate();
    numbered.map(|(index, item)| act(item).map_err(|refusal| refusal.of_item(index))).collect()
}

/// What a refusal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    AccessRequest,
    Account,
    Book,
    Collaborator,
    Collection,
    Comment,
    Connection,
    Event,
    File,
    Group,
    Integration,
    Query,
    Response,
    Transaction,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = match self {
            Self::AccessRequest => "access request",
            Self::Account => "account",
            Self::Book => "book",
            Self::Collaborator => "collaborator",
            Self::Collection => "collection",
            Self::Comment => "comment",
            Self::Connection => "connection",
            Self::Event => "event",
            Self::File => "file",
            Self::Group => "group",
            Self::Integration => "integration",
            Self::Query => "query",
            Self::Response => "response",
            Self::Transaction => "transaction",
        };
        f.write_str(text)
    }
}
