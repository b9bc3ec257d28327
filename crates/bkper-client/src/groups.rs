//! Groups of accounts of a book.

use bkper_model::{Account, AccountList, Group, GroupList};
use reqwest::Method;

use crate::books::found;
use crate::lists::List;
use crate::{BookHandle, Error, RefersTo};

/// # Groups
impl BookHandle {
    /// The group with this id or name. Nothing is sent yet.
    pub fn group(&self, group: impl RefersTo<Group>) -> GroupHandle {
        GroupHandle { book: self.clone(), key: group.reference().in_path().to_owned() }
    }

    /// All groups in one list; each says its `parent`.
    pub async fn groups(&self) -> Result<Vec<Group>, Error> {
        self.get_at(&["groups"]).list::<GroupList>().await
    }

    /// Makes a group. Only the name is needed; the `parent` is referred to by id or name.
    pub async fn create_group(&self, group: &Group) -> Result<Group, Error> {
        self.at(Method::POST, &["groups"]).body(group).send().await
    }

    /// Changes the group that has the `id`: the fields that are set, and the parent, which is taken away when it is not
    /// set. So change what you have [got](GroupHandle::get). `properties` replace all that were there.
    pub async fn update_group(&self, group: &Group) -> Result<Group, Error> {
        self.at(Method::PUT, &["groups"]).body(group).refusing(group.id.is_none()).send().await
    }

    /// Makes several groups, and gives them back in the same order. No groups make no call.
    pub async fn create_groups(&self, groups: Vec<Group>) -> Result<Vec<Group>, Error> {
        if groups.is_empty() {
            return Ok(groups);
        }
        self.at(Method::POST, &["groups", "batch"]).body(&GroupList::of(groups)).list::<GroupList>().await
    }
}

/// One group of a book, to be acted upon. What it *says* is a [`Group`].
#[derive(Clone, Debug)]
pub struct GroupHandle {
    book: BookHandle,
    key: String,
}

impl GroupHandle {
    /// The group.
    pub async fn get(&self) -> Result<Group, Error> {
        self.book.get_at(&["groups", &self.key]).send().await
    }

    /// The group, or `None` when there is none.
    pub async fn find(&self) -> Result<Option<Group>, Error> {
        found(self.get().await)
    }

    /// The accounts in the group.
    pub async fn accounts(&self) -> Result<Vec<Account>, Error> {
        self.book.get_at(&["groups", &self.key, "accounts"]).list::<AccountList>().await
    }

    /// Deletes the group, which must be referred to by its id, and gives it back as it was. Its accounts stay.
    pub async fn delete(&self) -> Result<Group, Error> {
        self.book.at(Method::DELETE, &["groups", &self.key]).send().await
    }
}
