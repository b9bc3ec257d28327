//! Lists as the API answers and takes them: objects with `items`.

use bkper_model::{
    Account, AccountList, App, AppList, Book, BookList, Collaborator, CollaboratorList, Collection,
    CollectionList, Connection, ConnectionList, Event, EventList, File, FileList, Group, GroupList,
    Integration, IntegrationList, Query, QueryList, Resource, Template, TemplateList, Transaction,
    TransactionList,
};

use crate::http::Request;
use crate::{Call, Error};

const ITEMS: &str = "items";

/// A list of the API.
pub(crate) trait List: Resource + Send {
    /// What it lists.
    type Item;

    /// A list of these.
    fn of(items: Vec<Self::Item>) -> Self;

    /// What it lists: nothing where there are no `items`, `None` where they are of a form that the API does not have.
    fn items(self) -> Option<Vec<Self::Item>>;
}

/// A list that comes page by page.
pub(crate) trait Page: List {
    /// Where the next page begins; `None` on the last.
    fn next(&self) -> Option<&str>;
}

macro_rules! lists {
    ($($list:ident of $item:ident,)*) => {$(
        impl List for $list {
            type Item = $item;

            fn of(items: Vec<$item>) -> Self {
                Self { items: Some(items), ..Self::default() }
            }

            fn items(self) -> Option<Vec<$item>> {
                let is_odd = self.extra.get(ITEMS).is_some_and(|items| !items.is_null());
                self.items.or_else(|| (!is_odd).then(Vec::new))
            }
        }
    )*};
}

lists! {
    AccountList of Account,
    AppList of App,
    BookList of Book,
    CollaboratorList of Collaborator,
    CollectionList of Collection,
    ConnectionList of Connection,
    EventList of Event,
    FileList of File,
    GroupList of Group,
    IntegrationList of Integration,
    QueryList of Query,
    TemplateList of Template,
    TransactionList of Transaction,
}

macro_rules! pages {
    ($($list:ident),*) => {$(
        impl Page for $list {
            fn next(&self) -> Option<&str> {
                self.cursor.as_deref()
            }
        }
    )*};
}

pages!(EventList, FileList, TransactionList);

impl Request {
    /// Sends it; the answer is a list.
    pub(crate) async fn list<L: List>(self) -> Result<Vec<L::Item>, Error> {
        let call = self.call();
        items(call, self.send::<L>().await?)
    }
}

/// Items of another form must not pass for none.
pub(crate) fn items<L: List>(call: Call, list: L) -> Result<Vec<L::Item>, Error> {
    list.items().ok_or(Error::Incomplete { call, missing: ITEMS })
}

#[cfg(test)]
mod tests {
    use reqwest::Method;

    use super::*;

    fn accounts(json: &str) -> Result<usize, Error> {
        let call = Call::new(Method::GET, "/v5/books/b1/accounts".into());
        let list: AccountList = serde_json::from_str(json).unwrap();
        items(call, list).map(|accounts| accounts.len())
    }

    #[test]
    fn an_empty_list_may_leave_its_items_out() {
        for json in ["{}", r#"{"items": null}"#, r#"{"items": []}"#] {
            assert_eq!(accounts(json).unwrap(), 0, "{json}");
        }
    }

    #[test]
    fn items_that_cannot_be_read_are_not_taken_for_none() {
        assert_eq!(accounts(r#"{"items": [{"name": "Cash"}]}"#).unwrap(), 1);
        let odd = accounts(r#"{"items": [{"name": "Cash"}, 7]}"#).unwrap_err();
        assert_eq!(odd.to_string(), "GET /v5/books/b1/accounts: the answer has no items");
    }
}
