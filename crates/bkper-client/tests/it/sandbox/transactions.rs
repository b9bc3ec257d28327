//! Transactions: one by one, many at once, found and summed up.

use bkper_client::model::query::{Expression, Status, Term};
use bkper_client::model::{Amount, Periodicity, Transaction};
use jiff::civil::date;

use super::World;

#[tokio::test]
async fn a_transaction_is_posted_checked_changed_and_thrown_away() {
    let world = World::new().await;
    let posted = world.purchase("12.50").await;
    assert_eq!((posted.posted, posted.checked), (Some(true), Some(false)));
    assert_eq!(posted.amount, Some(Amount::from("12.50")));
    let book = world.book;
    let transaction = book.transaction(&posted);

    assert_eq!(transaction.check().await.unwrap().checked, Some(true));
    assert!(transaction.trash().await.is_err());
    assert_eq!(transaction.uncheck().await.unwrap().checked, Some(false));

    let dearer = Transaction { id: posted.id.clone(), amount: Some("13".into()), ..Transaction::default() };
    let updated = book.update_transaction(&dearer).await.unwrap();
    assert_eq!(updated.amount, Some(Amount::from("13")));
    assert_eq!(updated.description.as_deref(), Some("pens #office"));

    assert_eq!(transaction.trash().await.unwrap().trashed, Some(true));
    assert_eq!(book.transactions("is:trashed").count().await.unwrap(), 1);
    assert_eq!(transaction.restore().await.unwrap().trashed, Some(false));
    assert_eq!(transaction.get().await.unwrap().posted, Some(true));

    transaction.trash().await.unwrap();
    transaction.remove().await.unwrap();
    assert!(transaction.find().await.unwrap().is_none());
}

#[tokio::test]
async fn a_draft_waits_for_somebody_to_post_it() {
    let World { book, sandbox: _sandbox, .. } = World::new().await;
    let complete = book
        .new_transaction()
        .date(date(2026, 3, 4))
        .amount("7")
        .from("Product Sales")
        .to("Bank Account")
        .property("invoice", "17");
    let draft = complete.draft().await.unwrap();
    assert_eq!((draft.draft, draft.property("invoice")), (Some(true), Some("17")));
    assert_eq!(book.transaction(&draft).post().await.unwrap().posted, Some(true));
    let again = book.post_transaction(&draft).await.unwrap();
    assert_eq!(again.id, draft.id);
}

#[tokio::test]
async fn what_an_app_makes_is_the_apps() {
    let World { client, book, sandbox: _sandbox } = World::new().await;
    let book = client.with_agent_id("tax-bot").book(book.id());
    assert_eq!(book.client().agent_id(), Some(&"tax-bot".into()));
    let sale = book.new_transaction().date(date(2026, 3, 4)).amount("7").checked();
    let sale =
        sale.from("Product Sales").to("Bank Account").url("https://example.com/17").post().await.unwrap();
    assert_eq!((sale.agent_id, sale.checked), (Some("tax-bot".into()), Some(true)));
}

#[tokio::test]
async fn an_incomplete_transaction_becomes_a_draft() {
    let World { book, sandbox: _sandbox, .. } = World::new().await;
    let lunch = book.new_transaction().amount("7").description("Bank Account lunch").create().await.unwrap();
    assert_eq!((lunch.draft, lunch.description.as_deref()), (Some(true), Some("lunch")));
    let sale = Transaction {
        date: Some(date(2026, 3, 4).into()),
        amount: Some("7".into()),
        description: Some("Product Sales Bank Account".into()),
        ..Transaction::default()
    };
    assert_eq!(book.create_transaction(&sale).await.unwrap().posted, Some(true));
}

#[tokio::test]
async fn two_of_the_same_are_merged() {
    let world = World::new().await;
    let (one, other) = (world.purchase("12.50").await, world.purchase("12.50").await);
    let merged = world.book.merge_transactions(&one, &other).await.unwrap();
    assert_eq!(merged.amount, Some(Amount::from("12.50")));
    assert_eq!(world.book.transactions("").count().await.unwrap(), 1);
}

#[tokio::test]
async fn many_are_made_and_moved_through_their_states_in_one_call() {
    let World { book, sandbox: _sandbox, .. } = World::new().await;
    let new = |amount: &str| {
        let new = book.new_transaction().date(date(2026, 3, 4)).amount(amount);
        Transaction { draft: Some(true), ..new.from("Product Sales").to("Bank Account").build() }
    };
    let made = book.create_transactions(vec![new("1"), new("2")]).await.unwrap();
    let amounts: Vec<_> = made.iter().map(|one| one.amount.clone().unwrap()).collect();
    assert_eq!(amounts, ["1", "2"].map(Amount::from));

    let count = async |query: &str| book.transactions(query).count().await.unwrap();
    book.post_transactions(&made).await.unwrap();
    assert_eq!(count("is:unchecked").await, 2);
    book.check_transactions(&made).await.unwrap();
    assert_eq!(count("is:checked").await, 2);

    let described = |one: &Transaction| Transaction {
        id: one.id.clone(),
        description: Some("changed".into()),
        ..Transaction::default()
    };
    let changes: Vec<_> = made.iter().map(described).collect();
    assert!(book.update_transactions(changes.clone()).await.is_err());
    assert_eq!(book.update_transactions_even_checked(changes.clone()).await.unwrap().len(), 2);
    book.uncheck_transactions(&made).await.unwrap();
    assert_eq!(book.update_transactions(changes).await.unwrap().len(), 2);
    assert_eq!(count("changed is:unchecked").await, 2);

    book.trash_transactions(&made).await.unwrap();
    assert_eq!(count("is:trashed").await, 2);
    book.restore_transactions(&made).await.unwrap();
    book.check_transactions(&made).await.unwrap();
    assert!(book.trash_transactions(&made).await.is_err());
    book.trash_transactions_even_checked(&made).await.unwrap();
    assert_eq!(count("is:trashed").await, 2);
}

#[tokio::test]
async fn transactions_are_listed_page_by_page() {
    let world = World::new().await;
    for amount in ["1", "2", "3", "4", "5"] {
        world.purchase(amount).await;
    }
    let query = || world.book.transactions(Term::Account("Bank Account".into())).page_size(2);
    let all = query().all().await.unwrap();
    let amounts: Vec<_> = all.iter().map(|one| one.amount.clone().unwrap()).collect();
    assert_eq!(amounts, ["5", "4", "3", "2", "1"].map(Amount::from));
    assert_eq!(query().first().await.unwrap().as_ref().map(|first| &first.id), Some(&all[0].id));

    let page = query().page(None).await.unwrap();
    assert!(page.account.is_some());
    let next = query().page(page.cursor.as_deref()).await.unwrap();
    assert_eq!(next.items.unwrap()[0].id, all[2].id);

    let mut stream = query().stream();
    let mut seen = 0;
    while let Some(one) = stream.try_next().await.unwrap() {
        assert_eq!(one.id, all[seen].id);
        seen += 1;
    }
    assert_eq!(seen, 5);
    assert_eq!(query().stream().try_collect().await.unwrap().len(), 5);
}

#[tokio::test]
async fn a_query_may_be_an_expression() {
    let world = World::new().await;
    world.purchase("12.50").await;
    let query = |tag: &str| {
        let terms = [Term::To("Office Supplies".into()), Term::Tag(tag.into()), Term::Is(Status::Posted)];
        Expression::All(terms.map(Expression::from).to_vec())
    };
    assert_eq!(world.book.transactions(query("office")).count().await.unwrap(), 1);
    assert_eq!(world.book.transactions(query("kitchen")).count().await.unwrap(), 0);
}

#[tokio::test]
async fn balances_and_counts_sum_up_what_was_posted() {
    let world = World::new().await;
    world.purchase("12.50").await;
    world.purchase("7.50").await;
    let balances = world.book.balances("account:'Bank Account' on:2026").await.unwrap();
    let bank = &balances.account_balances.unwrap()[0];
    assert_eq!(bank.cumulative_balance, Some(Amount::from("20.00")), "raw: credit minus debit");

    let from = Some(date(2026, 1, 1));
    let counts = world.book.count_posted(&Periodicity::Yearly, from, None).await.unwrap();
    let total: u64 = counts.posted.unwrap().iter().filter_map(|count| count.total).sum();
    assert_eq!(total, 2);
}
