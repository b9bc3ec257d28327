//! Accounts of a book.

use bkper_model::{Account, AccountList, Group, GroupList};
use reqwest::Method;

use crate::books::found;
use crate::lists::List;
use crate::refers_to::Reference;
use crate::{BookHandle, Error, RefersTo};

/// # Accounts
impl BookHandle {
    /// The account with this id or name. Nothing is sent yet.
    pub fn account(&self, account: impl RefersTo<Account>) -> AccountHandle {
        AccountHandle { book: self.clone(), key: account.reference().in_path().to_owned() }
    }

    /// All accounts, those that are archived too.
    pub async fn accounts(&self) -> Result<Vec<Account>, Error> {
        self.get_at(&["accounts"]).list::<AccountList>().await
    }

    /// Makes an account. Name and type are needed; groups are referred to by id or name.
    ///
    /// A name that another account has in any spelling is refused: that is also what makes it safe to try again by
    /// hand. The client itself does not repeat it.
    ///
    /// ```no_run
    /// # async fn example(book: bkper_client::BookHandle) -> Result<(), bkper_client::Error> {
    /// use bkper_client::model::{Account, AccountType};
    ///
    /// let tax = book
    ///     .create_account(&Account {
    ///         name: Some("Output Tax".into()),
    ///         account_type: Some(AccountType::Liability),
    ///         ..Account::default()
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create_account(&self, account: &Account) -> Result<Account, Error> {
        self.at(Method::POST, &["accounts"]).body(account).send().await
    }

    /// Changes the account that has the `id`: the fields that are set. `groups` and `properties` replace all that were
    /// there.
    pub async fn update_account(&self, account: &Account) -> Result<Account, Error> {
        self.at(Method::PUT, &["accounts"]).body(account).refusing(account.id.is_none()).send().await
    }

    /// Makes several accounts, and gives them back in the same order. No accounts make no call.
    pub async fn create_accounts(&self, accounts: Vec<Account>) -> Result<Vec<Account>, Error> {
        if accounts.is_empty() {
            return Ok(accounts);
        }
        let request = self.at(Method::POST, &["accounts", "batch"]);
        request.body(&AccountList::of(accounts)).list::<AccountList>().await
    }

    /// Changes several accounts, each with its `id`. No accounts make no call.
    pub async fn update_accounts(&self, accounts: Vec<Account>) -> Result<Vec<Account>, Error> {
        self.batch_of_stored(Method::PUT, &["accounts", "batch"], accounts).await
    }

    /// Deletes several accounts, which are referred to by id, and gives them back as they were. No accounts make no
    /// call.
    pub async fn delete_accounts(
        &self,
        accounts: impl IntoIterator<Item = impl RefersTo<Account>>,
    ) -> Result<Vec<Account>, Error> {
        let accounts = accounts.into_iter().map(|account| by_id(&account)).collect();
        self.batch_of_stored(Method::POST, &["accounts", "delete", "batch"], accounts).await
    }

    async fn batch_of_stored(
        &self,
        method: Method,
        path: &[&str],
        accounts: Vec<Account>,
    ) -> Result<Vec<Account>, Error> {
        if accounts.is_empty() {
            return Ok(accounts);
        }
        let request = self.at(method, path).repeatable(true);
        let refers_to_nothing = accounts.iter().any(|account| account.id.is_none());
        request.refusing(refers_to_nothing).body(&AccountList::of(accounts)).list::<AccountList>().await
    }
}

/// One account of a book, to be acted upon. What it *says* is an [`Account`].
#[derive(Clone, Debug)]
pub struct AccountHandle {
    book: BookHandle,
    key: String,
}

impl AccountHandle {
    /// The account.
    pub async fn get(&self) -> Result<Account, Error> {
        self.book.get_at(&["accounts", &self.key]).send().await
    }

    /// The account, or `None` when there is none.
    pub async fn find(&self) -> Result<Option<Account>, Error> {
        found(self.get().await)
    }

    /// The groups that the account is in.
    pub async fn groups(&self) -> Result<Vec<Group>, Error> {
        self.book.get_at(&["accounts", &self.key, "groups"]).list::<GroupList>().await
    }

    /// Deletes the account, which must be referred to by its id, and gives it back as it was.
    ///
    /// An account in which something was ever posted is refused. It can be archived: with
    /// [`update_account`](BookHandle::update_account) and `archived`.
    pub async fn delete(&self) -> Result<Account, Error> {
        self.book.at(Method::DELETE, &["accounts", &self.key]).send().await
    }
}

/// The account as a body refers to it.
pub(crate) fn referred(reference: Reference<'_>) -> Account {
    match reference {
        Reference::Text(name) => Account { name: Some(name.to_owned()), ..Account::default() },
        Reference::Id(_) | Reference::Nothing => Account { id: reference.id(), ..Account::default() },
    }
}

/// The account with nothing but its id.
fn by_id(account: &impl RefersTo<Account>) -> Account {
    Account { id: account.reference().id(), ..Account::default() }
}
