//! The calls that the well-known bots make, in their order, and what they need to find in the answers.

#![allow(clippy::unwrap_used, reason = "a bot that finds nothing fails")]

use bookhook_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::client::Client;

/// Two books of one collection, with the accounts of a small shop in the first one.
struct Shop {
    _sandbox: Sandbox,
    person: Client,
    usd: String,
    eur: String,
}

async fn shop() -> Shop {
    let sandbox = Sandbox::start().await.unwrap();
    let person = Client::of(&sandbox).user("mia");
    let book = async |name: &str, code: &str| {
        let properties = json!({"exc_code": code});
        id(&person.post("/v5/books/", json!({"name": name, "properties": properties})).await.ok())
    };
    let (usd, eur) = (book("Aurora USD", "USD").await, book("Aurora EUR", "EUR").await);
    let collection = id(&person.post("/v5/collections", json!({"name": "Aurora"})).await.ok());
    let both = json!({"items": [{"id": usd}, {"id": eur}]});
    person.patch(&format!("/v5/collections/{collection}/books/add"), both).await.ok();
    let books = format!("/v5/books/{usd}");
    let revenue = person.post(&format!("{books}/groups"), json!({"name": "Revenue"})).await.ok();
    let accounts = json!({"items": [
        {"name": "Bank Account", "type": "ASSET"},
        {"name": "Output Tax", "type": "LIABILITY"},
        {"name": "Product Sales", "type": "INCOMING", "groups": [{"id": revenue["id"]}]},
    ]});
    person.post(&format!("{books}/accounts/batch"), accounts).await.ok();
    Shop { _sandbox: sandbox, person, usd, eur }
}

impl Shop {
    async fn sale(&self) -> Value {
        let sale = json!({
            "date": "2026-03-04", "amount": "440", "creditAccount": {"name": "Product Sales"},
            "debitAccount": {"name": "Bank Account"}, "description": "Service sold #retail",
        });
        let path = format!("/v5/books/{}/transactions", self.usd);
        self.person.post(&path, sale).await.ok()["transaction"].clone()
    }

    async fn found(&self, bot: &Client, book: &str, query: &str) -> Vec<Value> {
        let path = transactions(book, &format!("?query={}&", query.replace(' ', "%20")));
        bot.get(&path).await.ok()["items"].as_array().unwrap().clone()
    }
}

fn transactions(book: &str, rest: &str) -> String {
    format!("/v5/books/{book}/transactions{rest}")
}

fn id(resource: &Value) -> String {
    resource["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_tax_bot_names_its_accounts_in_the_description() {
    let shop = shop().await;
    let bot = shop.person.agent("sales-tax-bot");
    let sale = shop.sale().await;
    let remote_id = format!("tax_included_rate_{}_{}", id(&sale), id(&sale["creditAccount"]));
    let tax = |amount: &str| {
        json!({"items": [{
            "date": "2026-03-04", "amount": amount, "remoteIds": [remote_id],
            "description": "Output Tax Product Sales #vatout Service sold #retail",
            "properties": {"exc_code": "", "exc_date": "", "receipt": "R-1"},
        }]})
    };
    let batch = transactions(&shop.usd, "/batch");
    let entry = bot.post(&batch, tax("73.33")).await.ok()["items"][0].clone();
    assert_eq!(entry["posted"], true);
    assert_eq!(entry["creditAccount"]["name"], "Output Tax");
    assert_eq!(entry["debitAccount"]["name"], "Product Sales");
    assert_eq!(entry["description"], "#vatout Service sold #retail");
    assert_eq!(entry["tags"], json!(["vatout", "retail"]));
    assert_eq!(entry["dateFormatted"], "04/03/2026");
    assert_eq!(entry["amount"], "73.33");
    assert_eq!(entry["properties"], json!({"receipt": "R-1"}));
    assert_eq!(entry["agentId"], "sales-tax-bot");
    assert_eq!(entry["createdBy"], "mia");

    // The sale was changed: the entry goes to the trash, and another one with the same remote id takes its place.
    let found = shop.found(&bot, &shop.usd, &format!("remoteId:{remote_id}")).await;
    assert_eq!(found, std::slice::from_ref(&entry));
    bot.patch(&transactions(&shop.usd, "/trash"), entry.clone()).await.ok();
    let changed = bot.post(&batch, tax("80")).await.ok()["items"][0].clone();
    assert_ne!(changed["id"], entry["id"]);
    let found = shop.found(&bot, &shop.usd, &format!("remoteId:{remote_id}")).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["amount"], "80.00");
}

#[tokio::test]
async fn the_exchange_bot_mirrors_a_transaction_into_a_sibling_book() {
    let shop = shop().await;
    let bot = shop.person.agent("exchange-bot");
    let sale = shop.sale().await;
    let query = format!("remoteId:{}", id(&sale));
    assert!(shop.found(&bot, &shop.eur, &query).await.is_empty());
    let credit = mirrored(&bot, &shop.eur, &sale["creditAccount"]).await;
    let debit = mirrored(&bot, &shop.eur, &sale["debitAccount"]).await;
    assert_eq!(credit["groups"][0]["name"], "Revenue");
    let mirror = json!({
        "date": "2026-03-04", "amount": "404.8", "creditAccount": credit, "debitAccount": debit,
        "description": "Service sold #retail", "remoteIds": [id(&sale)],
        "properties": {"exc_code": "USD", "exc_rate": "0.92", "exc_amount": "440"},
    });
    let posted = bot.patch(&transactions(&shop.eur, "/post"), mirror).await.ok()["transaction"].clone();
    assert_eq!((&posted["posted"], &posted["checked"]), (&json!(true), &json!(false)));
    assert_eq!(posted["amount"], "404.80");

    // Checked there, changed and checked here: the mirror is unchecked for it.
    let checked = bot.patch(&transactions(&shop.eur, "/check"), posted.clone()).await.ok();
    assert_eq!(checked["transaction"]["checked"], true);
    let path = format!("/v5/books/{}/accounts/{}", shop.usd, id(&sale["creditAccount"]));
    assert_eq!(bot.get(&path).await.ok()["name"], "Product Sales");
    bot.patch(&transactions(&shop.eur, "/uncheck"), posted.clone()).await.ok();
    let edited = json!({"id": posted["id"], "amount": "500", "creditAccount": credit, "debitAccount": debit});
    let edited = bot.put(&transactions(&shop.eur, ""), edited).await.ok();
    assert_eq!(edited["transaction"]["amount"], "500.00");

    // Trashed there, and brought back.
    bot.patch(&transactions(&shop.eur, "/trash"), posted.clone()).await.ok();
    assert!(shop.found(&bot, &shop.eur, &query).await.is_empty());
    let trashed = shop.found(&bot, &shop.eur, &format!("{query} is:trashed")).await;
    assert_eq!(trashed[0]["posted"], true);
    let restored = bot.patch(&transactions(&shop.eur, "/restore"), trashed[0].clone()).await.ok();
    assert_eq!(restored["transaction"]["trashed"], false);
    assert_eq!(shop.found(&bot, &shop.eur, &query).await.len(), 1);
}

/// Looks for an account in the book, and makes it with its groups when it is not there, as the bot does.
async fn mirrored(bot: &Client, book: &str, account: &Value) -> Value {
    let name = account["name"].as_str().unwrap();
    let books = format!("/v5/books/{book}");
    let path = format!("{books}/accounts/{}", format!("{name} ").replace(' ', "%20"));
    bot.get(&path).await.refused(404, "notFound");
    let mut groups = Vec::new();
    for group in account["groups"].as_array().unwrap() {
        let name = group["name"].as_str().unwrap();
        bot.get(&format!("{books}/groups/{name}")).await.refused(404, "notFound");
        groups.push(bot.post(&format!("{books}/groups"), json!({"name": name, "hidden": false})).await.ok());
        // It then sends the groups of the book that the event came from, too.
        groups.push(group.clone());
        groups.push(Value::Null);
    }
    let account = json!({"name": name, "type": account["type"], "groups": groups, "createdAt": "1"});
    bot.post(&format!("{books}/accounts"), account).await.ok();
    bot.get(&path).await.ok()
}

#[tokio::test]
async fn the_exchange_bot_leaves_a_draft_where_accounts_are_unknown() {
    let shop = shop().await;
    let bot = shop.person.agent("exchange-bot");
    let draft = json!({"date": "2026-03-04", "amount": "404.8", "description": "Nobody Nowhere", "remoteIds": ["x1"]});
    let draft = bot.post(&transactions(&shop.eur, ""), draft).await.ok();
    assert_eq!(draft["transaction"]["draft"], true);
    assert_eq!(draft["transaction"]["description"], "Nobody Nowhere");
    assert_eq!(draft["accounts"], json!([]));
    assert_eq!(shop.found(&bot, &shop.eur, "remoteId:x1").await.len(), 1);
}

#[tokio::test]
async fn the_exchange_bot_sends_a_sibling_back_as_it_stood_in_the_collection() {
    let shop = shop().await;
    let bot = shop.person.agent("exchange-bot");
    let book = bot.get(&format!("/v5/books/{}", shop.usd)).await.ok();
    let siblings = book["collection"]["books"].as_array().unwrap();
    let mut sibling = siblings.iter().find(|sibling| sibling["id"] == shop.eur.as_str()).unwrap().clone();
    assert_eq!(sibling.get("collection"), None);
    for field in [
        "properties",
        "permission",
        "fractionDigits",
        "datePattern",
        "decimalSeparator",
        "timeZone",
        "timeZoneOffset",
        "pageSize",
        "period",
        "periodStartMonth",
    ] {
        assert!(!sibling[field].is_null(), "{field}");
    }
    sibling["lockDate"] = json!("2025-12-31");
    let changed = bot.put(&format!("/v5/books/{}", shop.eur), sibling).await.ok();
    assert_eq!(changed["lockDate"], "2025-12-31");
    assert_eq!(changed["properties"], json!({"exc_code": "EUR"}));
}

#[tokio::test]
async fn the_inventory_bot_asks_by_id_and_in_the_pattern_of_the_book() {
    let shop = shop().await;
    let bot = shop.person.agent("inventory-bot");
    let sale = shop.sale().await;
    let found = shop.found(&bot, &shop.usd, &id(&sale)).await;
    assert_eq!(found.len(), 1);
    let in_march = "account:'Bank Account' after:01/03/2026 before:01/04/2026";
    assert_eq!(shop.found(&bot, &shop.usd, in_march).await, found_with_balance(&found));
    assert!(shop.found(&bot, &shop.usd, "account:'Bank Account' after:05/03/2026").await.is_empty());
}

/// A list that is filtered by one permanent account tells its running balance.
fn found_with_balance(found: &[Value]) -> Vec<Value> {
    let mut found = found.to_vec();
    found[0]["debitAccount"]["balance"] = json!("-440.00");
    found
}

#[tokio::test]
async fn fourteen_bots_that_mirror_the_same_transaction_at_once_make_one() {
    let shop = shop().await;
    let bot = shop.person.agent("exchange-bot");
    let path = transactions(&shop.eur, "");
    let mirror = json!({"date": "2026-03-04", "amount": "1", "remoteIds": ["same"]});
    let posts = (0..14).map(|_| {
        let (bot, path, mirror) = (bot.clone(), path.clone(), mirror.clone());
        tokio::spawn(async move { id(&bot.post(&path, mirror).await.ok()["transaction"]) })
    });
    let mut ids = std::collections::BTreeSet::new();
    for post in posts.collect::<Vec<_>>() {
        ids.insert(post.await.unwrap());
    }
    assert_eq!(ids.len(), 1);
    assert_eq!(shop.found(&bot, &shop.eur, "remoteId:same").await.len(), 1);
}

#[tokio::test]
async fn a_bot_that_sends_a_number_as_a_property_means_its_text() {
    let shop = shop().await;
    let bot = shop.person.agent("inventory-bot");
    let properties = json!({"quantity": 100, "price": 4.5, "liquidated": false, "good": null});
    let draft = json!({"description": "counted", "properties": properties});
    let draft = bot.post(&transactions(&shop.usd, ""), draft).await.ok();
    let expected = json!({"quantity": "100", "price": "4.5", "liquidated": "false"});
    assert_eq!(draft["transaction"]["properties"], expected);
    let list = json!({"description": "counted", "properties": {"goods": ["a", "b"]}});
    let refused = bot.post(&transactions(&shop.usd, ""), list).await.refused(400, "invalidParameter");
    assert!(refused.contains("properties.goods"), "{refused}");
}
