//! Lists, as the API answers and takes them: objects with `items`.
//!
//! Servers write `items` even when it is empty. Readers treat an absent one as empty.

use crate::wire::resource::resource;
use crate::{
    Account, AccountId, App, Book, Collaborator, Collection, Connection, Event, File, Group, Integration,
    Query, Template, Transaction,
};

resource! {
    /// Accounts of a book.
    pub struct AccountList {
        /// The accounts.
        items: Vec<Account> = "items",
    }
}

resource! {
    /// Apps that the user can see, or that are installed in a book.
    pub struct AppList {
        /// The apps.
        items: Vec<App> = "items",
    }
}

resource! {
    /// Books that the user can see.
    pub struct BookList {
        /// The books.
        items: Vec<Book> = "items",
    }
}

resource! {
    /// Users that a book is shared with.
    pub struct CollaboratorList {
        /// The collaborators.
        items: Vec<Collaborator> = "items",
    }
}

resource! {
    /// Collections that the user can see.
    pub struct CollectionList {
        /// The collections.
        items: Vec<Collection> = "items",
    }
}

resource! {
    /// Connections of the user.
    pub struct ConnectionList {
        /// The connections.
        items: Vec<Connection> = "items",
    }
}

resource! {
    /// A page of the events of a book.
    pub struct EventList {
        /// The events.
        items: Vec<Event> = "items",
        /// Where the next page starts: opaque text, sent in the header `cursor`. Absent on the last page.
        cursor: String = "cursor",
    }
}

resource! {
    /// A page of the files of a book.
    pub struct FileList {
        /// The files.
        items: Vec<File> = "items",
        /// Where the next page starts: opaque text, sent in the header `cursor`. Absent on the last page.
        cursor: String = "cursor",
    }
}

resource! {
    /// Groups of a book, without order by hierarchy: each says its parent.
    pub struct GroupList {
        /// The groups.
        items: Vec<Group> = "items",
    }
}

resource! {
    /// Apps that are installed in a book.
    pub struct IntegrationList {
        /// The integrations.
        items: Vec<Integration> = "items",
    }
}

resource! {
    /// Queries that were saved in a book.
    pub struct QueryList {
        /// The saved queries.
        items: Vec<Query> = "items",
    }
}

resource! {
    /// Books to start from.
    pub struct TemplateList {
        /// The templates.
        items: Vec<Template> = "items",
    }
}

resource! {
    /// A page of the transactions of a book.
    pub struct TransactionList {
        /// The transactions.
        items: Vec<Transaction> = "items",
        /// Where the next page starts: opaque text, sent in the header `cursor`. Absent on the last page.
        cursor: String = "cursor",
        /// The account, when the query asks for the transactions of exactly one.
        account: AccountId = "account",
    }
}
