//! Accounts and groups.

use bkper_client::model::{Account, AccountType, Group};

use super::{World, account, names};

fn group(name: &str) -> Group {
    Group { name: Some(name.into()), ..Group::default() }
}

#[tokio::test]
async fn an_account_is_found_by_name_id_or_itself_and_changed_and_deleted() {
    let World { book, sandbox: _sandbox, .. } = World::new().await;
    let bank = book.account("bank-account").get().await.unwrap();
    assert_eq!(bank.name.as_deref(), Some("Bank Account"));
    assert_eq!(book.account(bank.id.clone().unwrap()).get().await.unwrap(), bank);
    assert_eq!(book.account(&bank).find().await.unwrap().as_ref(), Some(&bank));
    assert!(book.account("Cash").find().await.unwrap().is_none());

    let renamed = Account { id: bank.id.clone(), name: Some("Giro".into()), ..Account::default() };
    assert_eq!(book.update_account(&renamed).await.unwrap().name.as_deref(), Some("Giro"));
    assert_eq!(book.account(&bank).delete().await.unwrap().id, bank.id);
    assert!(book.account(&bank).get().await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn an_account_may_have_any_name() {
    let World { book, sandbox: _sandbox, .. } = World::new().await;
    for name in ["A/P 50%", "café?&=#+", "it's (really) fine!~*", "現金"] {
        let made = book.create_account(&account(name, AccountType::Asset)).await.unwrap();
        assert_eq!(book.account(name).get().await.unwrap(), made, "{name}");
        book.account(&made).delete().await.unwrap();
    }
}

#[tokio::test]
async fn a_name_that_is_taken_is_a_conflict() {
    let World { book, sandbox: _sandbox, .. } = World::new().await;
    let error = book.create_account(&account("BANK account", AccountType::Asset)).await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
}

#[tokio::test]
async fn accounts_are_made_changed_and_deleted_in_one_call() {
    let World { book, sandbox: _sandbox, .. } = World::new().await;
    let new = vec![account("Cash", AccountType::Asset), account("Loan", AccountType::Liability)];
    let mut made = book.create_accounts(new).await.unwrap();
    assert_eq!(names(&made, |account| account.name.as_ref()), ["Cash", "Loan"]);
    for account in &mut made {
        account.archived = Some(true);
    }
    let archived = book.update_accounts(made).await.unwrap();
    assert!(archived.iter().all(|account| account.archived == Some(true)));
    assert_eq!(book.delete_accounts(&archived).await.unwrap().len(), 2);
    assert_eq!(book.accounts().await.unwrap().len(), 3);
}

#[tokio::test]
async fn groups_hold_accounts_and_groups() {
    let World { book, sandbox: _sandbox, .. } = World::new().await;
    let assets = book.create_group(&group("Assets")).await.unwrap();
    let current = Group { parent: Some(Box::new(assets.clone())), ..group("Current Assets") };
    let made = book.create_groups(vec![current, group("Products")]).await.unwrap();
    assert_eq!(names(&made, |group| group.name.as_ref()), ["Current Assets", "Products"]);
    let bank = Account {
        id: book.account("Bank Account").get().await.unwrap().id,
        groups: Some(vec![group("current assets")]),
        ..Account::default()
    };
    book.update_account(&bank).await.unwrap();

    let inside = book.group("Current Assets").accounts().await.unwrap();
    assert_eq!(names(&inside, |account| account.name.as_ref()), ["Bank Account"]);
    let of_bank = book.account("Bank Account").groups().await.unwrap();
    assert_eq!(names(&of_bank, |group| group.name.as_ref()), ["Current Assets"]);

    let mut current = book.group("Current Assets").get().await.unwrap();
    assert_eq!(current.parent.as_ref().and_then(|parent| parent.id.as_ref()), assets.id.as_ref());
    current.hidden = Some(true);
    assert_eq!(book.update_group(&current).await.unwrap().hidden, Some(true));

    book.group(&current).delete().await.unwrap();
    assert!(book.group("Current Assets").find().await.unwrap().is_none());
    assert_eq!(book.groups().await.unwrap().len(), 2);
}
