//! The drafts are posted, and the book still adds up.

use anyhow::Context;
use bookhook::BookHandle;
use bookhook::bkper_model::{AccountBalances, Amount, Decimal, GroupBalances};

use super::claims::expect;
use super::ledger::drafts;
use super::stage::{MIA, Stage};
use super::story::{Line, Step};

/// A line of the table: what an account or group came to, credit minus debit.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub(super) struct Row {
    pub(super) name: String,
    /// Groups have their accounts below them.
    pub(super) is_group: bool,
    pub(super) before: Decimal,
    pub(super) after: Decimal,
}

/// A person accepts what the app has drafted.
pub(super) async fn closed(stage: &Stage) -> anyhow::Result<Step> {
    let before = balances(&stage.book).await?;
    let drafts = drafts(&stage.book).await?;
    expect("drafts of a tax", &2, &drafts.len())?;
    stage.book.post_transactions(&drafts).await?;
    let rows = table(before, balances(&stage.book).await?)?;
    for side in [|row: &Row| row.before, |row: &Row| row.after] {
        let sum: Decimal = rows.iter().filter(|row| row.is_group).map(side).sum();
        expect("the sum of the balances", &Decimal::ZERO, &sum)?;
    }
    let moved = rows.iter().filter(|row| !row.is_group);
    let moved: Vec<_> = moved.map(|row| (row.name.as_str(), (row.after - row.before).to_string())).collect();
    let expected = [("Output Tax", "341.67"), ("Consulting", "-141.67"), ("Product Sales", "-200.00")];
    expect(
        "what posting the drafts moved",
        &expected.map(|(name, moved)| (name, moved.to_owned())).to_vec(),
        &moved,
    )?;
    Ok(Step {
        title: "The drafts are posted",
        lines: vec![Line::did(MIA, "posts what the app has drafted"), Line::Balances(rows)],
        because: "drafts count for nothing until a person posts them; debits equal credits, before and after"
            .to_owned(),
    })
}

/// The book's topmost groups, each with its accounts.
type Known = Vec<(Node, Vec<Node>)>;
type Node = (String, Decimal);

async fn balances(book: &BookHandle) -> anyhow::Result<Known> {
    let groups = book.balances("").await?.group_balances.context("the book has groups")?;
    groups
        .iter()
        .map(|group| Ok((node(group.name.as_deref(), group.cumulative_balance.as_ref())?, accounts(group)?)))
        .collect()
}

/// The accounts in the group and in those below it.
fn accounts(group: &GroupBalances) -> anyhow::Result<Vec<Node>> {
    let account =
        |account: &AccountBalances| node(account.name.as_deref(), account.cumulative_balance.as_ref());
    let mut found: Vec<_> = group.account_balances.iter().flatten().map(account).collect::<Result<_, _>>()?;
    for below in group.group_balances.iter().flatten() {
        found.extend(accounts(below)?);
    }
    Ok(found)
}

fn node(name: Option<&str>, balance: Option<&Amount>) -> anyhow::Result<Node> {
    let balance = balance.context("a balance has an amount")?.decimal()?;
    Ok((name.context("a balance has a name")?.to_owned(), balance))
}

/// All groups, and below each the accounts that have changed.
fn table(before: Known, after: Known) -> anyhow::Result<Vec<Row>> {
    expect("groups of the book", &before.len(), &after.len())?;
    let mut rows = Vec::new();
    for ((group, accounts), (group_after, accounts_after)) in before.into_iter().zip(after) {
        rows.push(row(group, group_after, true));
        let all = accounts.into_iter().zip(accounts_after);
        rows.extend(all.filter(|(one, other)| one != other).map(|(one, other)| row(one, other, false)));
    }
    Ok(rows)
}

fn row((name, before): Node, (_, after): Node, is_group: bool) -> Row {
    Row { name, is_group, before, after }
}
