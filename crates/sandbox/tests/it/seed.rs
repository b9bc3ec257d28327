//! What a sandbox begins with.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use std::fs;

use bookhook_sandbox::{Sandbox, Seed, StartError};
use serde_json::{Value, json};

use crate::client::Client;

async fn seeded(seed: &str) -> Result<Sandbox, StartError> {
    Sandbox::builder().seed(Seed::parse("seed.yaml", seed)?).start().await
}

/// What is said about a seed that cannot be used.
async fn told(seed: &str) -> Vec<String> {
    let error = seeded(seed).await.unwrap_err();
    error.to_string().lines().map(str::to_owned).collect()
}

fn named<'a>(items: &'a Value, name: &str) -> &'a Value {
    items["items"].as_array().unwrap().iter().find(|item| item["name"] == name).unwrap()
}

#[tokio::test]
async fn a_sandbox_begins_with_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_eq!(Client::of(&sandbox).get("/sandbox").await.ok()["books"], json!([]));
    let sandbox = seeded("# nothing\n").await.unwrap();
    assert_eq!(Client::of(&sandbox).get("/sandbox").await.ok()["users"], json!([]));
}

#[tokio::test]
async fn the_demo_company_has_four_books_and_a_year_behind_it() {
    let sandbox = Sandbox::builder().seed(Seed::demo()).start().await.unwrap();
    let client = Client::of(&sandbox).user("mia");
    let books = client.get("/v5/books").await.ok();
    let names: Vec<_> = books["items"].as_array().unwrap().iter().map(|book| &book["name"]).collect();
    assert_eq!(names, ["Aurora USD", "Aurora EUR", "Aurora Inventory", "Aurora Receivables"]);
    let book = client.get("/v5/books/demoBookUsd01").await.ok();
    assert_eq!(book["collection"]["name"], "Aurora Ventures");
    assert_eq!(book["collection"]["books"].as_array().unwrap().len(), 4);
    assert!(book["totalTransactions"].as_u64().unwrap() > 100);
    let drafts = client.get("/v5/books/demoBookUsd01/transactions?query=is%3Adraft").await.ok();
    assert_eq!(drafts["items"].as_array().unwrap().len(), 2);
    let permission = |user: &'static str| {
        let client = client.user(user);
        async move { client.get("/v5/books/demoBookUsd01").await.ok()["permission"].clone() }
    };
    for (user, expected) in [("ben", "EDITOR"), ("ana", "POSTER"), ("kim", "RECORDER"), ("leo", "VIEWER")] {
        assert_eq!(permission(user).await, expected);
    }
}

#[tokio::test]
async fn everything_that_a_seed_says_is_there() {
    let sandbox = seeded(
        r#"
users:
  - {username: mia, name: Mia Torres, email: mia@aurora.example, tokens: [secret-of-mia]}
books:
  - id: main
    name: Main
    owner: mia
    collection: All
    fractionDigits: 3
    lockDate: 2026-01-31
    properties: {number: 007}
    groups:
      - {name: Assets, groups: [{name: Current, hidden: true}]}
    accounts:
      - {name: Bank, type: ASSET, groups: [current], properties: {iban: PT50}}
      - {name: Old, type: OUTGOING, archived: true}
    transactions:
      - {date: 2026-01-05, amount: 12.50, from: Bank, to: Old, description: "Paper #office", checked: true,
         remoteIds: [a-1], urls: ["https://example.com/"], properties: {invoice: 17}}
      - {date: -1m/31, amount: 1, from: Bank, to: Old, trashed: true}
      - {description: Not yet, draft: true}
    queries: [{title: All, query: "account:Bank"}]
    collaborators: [{user: ben, permission: VIEWER}]
"#,
    )
    .await
    .unwrap();
    let client = Client::of(&sandbox);
    let mia = client.user("secret-of-mia");
    let book = mia.get("/v5/books/main").await.ok();
    assert_eq!(book["lockDate"], "2026-01-31");
    assert_eq!(book["properties"], json!({"number": "007"}));
    assert_eq!(book["collection"]["name"], "All");
    let accounts = mia.get("/v5/books/main/accounts").await.ok();
    let bank = named(&accounts, "Bank");
    assert_eq!(
        (&bank["properties"], &bank["groups"][0]["name"]),
        (&json!({"iban": "PT50"}), &json!("Current"))
    );
    assert_eq!(bank["groups"][0]["parent"]["name"], "Assets");
    assert_eq!(named(&accounts, "Old")["archived"], true);
    let found = mia.get("/v5/books/main/transactions?query=remoteId%3Aa-1").await.ok();
    let paper = &found["items"][0];
    for (field, value) in [
        ("date", json!("2026-01-05")),
        ("amount", json!("12.500")),
        ("checked", json!(true)),
        ("tags", json!(["office"])),
        ("urls", json!(["https://example.com/"])),
        ("properties", json!({"invoice": "17"})),
        ("createdBy", json!("mia")),
    ] {
        assert_eq!(paper[field], value, "{field}");
    }
    let count = |query: &'static str| {
        let mia = mia.clone();
        async move {
            mia.get(&format!("/v5/books/main/transactions/count?query={query}")).await.ok()["total"].clone()
        }
    };
    assert_eq!(
        [count("is:draft").await, count("is:trashed").await, count("").await],
        [json!(1), json!(1), json!(2)]
    );
    assert_eq!(mia.get("/v5/books/main/queries").await.ok()["items"][0]["title"], "All");
    assert_eq!(client.user("ben").get("/v5/books/main").await.ok()["permission"], "VIEWER");
}

#[tokio::test]
async fn the_apps_of_a_seed_are_registered_and_installed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bkper.yaml"), "id: tax-bot\nevents: [TRANSACTION_POSTED]\n").unwrap();
    let seed = "
apps:
  - {manifest: bkper.yaml, owner: mia}
  - {manifest: {id: exchange-bot, events: [ACCOUNT_CREATED]}, owner: ben, own_events: suppress}
books:
  - {id: one, name: One, owner: mia, apps: [tax-bot, exchange-bot]}
";
    let path = folder.path().join("seed.yaml");
    fs::write(&path, seed).unwrap();
    let sandbox = Sandbox::builder().seed(Seed::read(&path).unwrap()).start().await.unwrap();
    let client = Client::of(&sandbox);
    let apps = client.user("mia").get("/v5/books/one/apps").await.ok();
    let apps: Vec<_> =
        apps["items"].as_array().unwrap().iter().map(|app| (&app["id"], &app["ownerEmail"])).collect();
    assert_eq!(
        apps,
        [(&json!("exchange-bot"), &json!("ben@example.com")), (&json!("tax-bot"), &json!("mia@example.com"))]
    );
    let about = client.get("/sandbox").await.ok();
    let expected = json!({
        "id": "exchange-bot", "owner": "ben@example.com", "own_events": "suppress",
        "webhook_url": null, "webhook_url_dev": null,
    });
    assert_eq!(about["apps"][0], expected);
    assert_eq!(about["apps"][1]["own_events"], "deliver");
    assert_eq!(sandbox.snapshot("one").unwrap()["apps"], json!(["exchange-bot", "tax-bot"]));
}

#[tokio::test]
async fn the_seed_in_the_documentation_has_every_key_and_can_be_planted() {
    let page = include_str!("../../../../docs/sandbox.md");
    let (_, rest) = page.split_once("```yaml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let sandbox = seeded(example).await.unwrap();
    let snapshot = sandbox.snapshot("aurora").unwrap();
    let count = |list: &str| snapshot[list].as_array().unwrap().len();
    let lists = ["groups", "accounts", "transactions", "queries", "collaborators", "apps"];
    assert_eq!(lists.map(count), [2, 3, 4, 1, 2, 1]);
    assert_eq!(snapshot["book"]["lockDate"], "2025-12-31");
    // A wrong key makes the reader tell all that there are.
    for (key, with_wrong) in [
        ("users:", "wrong: 1\nusers:"),
        ("- username: mia", "- wrong: 1\n    username: mia"),
        ("- owner: mia", "- wrong: 1\n    owner: mia"),
        ("- id: aurora", "- wrong: 1\n    id: aurora"),
        ("- name: Assets", "- wrong: 1\n        name: Assets"),
        ("{name: Bank", "{wrong: 1, name: Bank"),
        ("- date: 2026", "- wrong: 1\n        date: 2026"),
        ("{title:", "{wrong: 1, title:"),
        ("{user:", "{wrong: 1, user:"),
    ] {
        let told = Seed::parse("seed.yaml", &example.replacen(key, with_wrong, 1)).unwrap_err().to_string();
        let (_, known) = told.split_once("wrong: no such key; there are ").unwrap();
        for known in known.split(", ") {
            assert!(example.contains(&format!("{known}:")), "{known}, beside {key}, is not documented");
        }
    }
}

#[tokio::test]
async fn who_says_no_name_is_the_first_user_of_the_seed() {
    let sandbox = Sandbox::builder().seed(Seed::demo()).start().await.unwrap();
    let client = Client::of(&sandbox);
    for client in [client.clone(), client.user("ya29.a-real-token"), client.user("undefined")] {
        assert_eq!(client.get("/v5/user").await.ok()["username"], "mia");
    }
}

#[tokio::test]
async fn a_username_whose_usual_address_is_somebodys_means_that_user() {
    let sandbox = seeded("users: [{username: mia, email: zoe@example.com}]").await.unwrap();
    let client = Client::of(&sandbox);
    for name in ["mia", "zoe", "zoe@example.com"] {
        assert_eq!(client.user(name).get("/v5/user").await.ok()["username"], "mia", "{name}");
    }
    assert_eq!(client.user("mia@example.com").get("/v5/user").await.ok()["username"], "mia@example.com");
}

#[tokio::test]
async fn an_app_that_the_sandbox_is_started_with_is_installed_in_all_books() {
    let manifest =
        json!({"id": "tax-bot", "webhookUrlDev": "http://127.0.0.1:9/", "events": ["BOOK_UPDATED"]});
    let seed = Seed::demo().install("tax-bot");
    let sandbox = Sandbox::builder().seed(seed).app(manifest).start().await.unwrap();
    let client = Client::of(&sandbox).user("mia");
    for book in ["demoBookUsd01", "demoBookEur01", "demoBookInv01", "demoBookSub01"] {
        let apps = client.get(&format!("/v5/books/{book}/apps")).await.ok();
        assert_eq!(apps["items"][0]["ownerEmail"], "mia@example.com");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told_at_once_with_line_and_key() {
    let told = told(
        r#"
user: [{username: mia}]
users: [{username: mia}, {username: ben, email: Mia@example.com}, {username: tom, email: tom}]
books:
  - id: no/id
    name: Main
    owner: who is that
    fractionDigits: two
    decimalSeparator: BAD
    accounts:
      - {name: Bank, type: ASET}
      - {type: ASSET, colour: red}
    transactions:
      - {date: yesterday, amount: "1,50", from: [Bank]}
  - name: Other
"#,
    )
    .await;
    assert_eq!(
        told,
        [
            "seed.yaml:2:1: user: no such key; there are users, apps, books",
            "seed.yaml:3:37: users[1].username: \"mia@example.com\" is there already",
            "seed.yaml:3:90: users[2].email: \"tom\" is no email address",
            "seed.yaml:5:9: books[0].id: \"no/id\" is no id of a book; write letters, digits and hyphens",
            "seed.yaml:7:12: books[0].owner: \"who is that\" is no username and no email address",
            "seed.yaml:8:21: books[0].fractionDigits: must be a whole number",
            "seed.yaml:9:23: books[0].decimalSeparator: \"BAD\" is none of DOT, COMMA",
            "seed.yaml:11:28: books[0].accounts[0].type: \"ASET\" is none of ASSET, LIABILITY, INCOMING, OUTGOING",
            "seed.yaml:12:9: books[0].accounts[1].name: missing",
            "seed.yaml:12:23: books[0].accounts[1].colour: no such key; there are name, type, archived, properties, \
             groups",
            "seed.yaml:14:16: books[0].transactions[0].date: \"yesterday\" is no day; write 2026-03-02, today, -12d, \
             or -3m/05 for the fifth of three months ago",
            "seed.yaml:14:35: books[0].transactions[0].amount: \"1,50\" is no amount; write digits with a point, as \
             in 1250.50, and more than nothing",
            "seed.yaml:14:49: books[0].transactions[0].from: must be a single value",
            "seed.yaml:15:5: books[1].owner: missing",
        ]
    );
}

#[tokio::test]
async fn what_the_ledger_refuses_is_told_at_once_with_line_and_key() {
    let told = told(
        "
books:
  - id: one
    name: Main
    owner: mia
    timeZone: Mars
  - id: two
    name: Other
    owner: mia
    accounts:
      - {name: Bank, type: ASSET, groups: [Assets]}
      - {name: BANK, type: ASSET}
    transactions:
      - {date: 2026-01-05, amount: 1, from: Bnk, to: Bank}
    collaborators:
      - {user: ben, permission: OWNER}
",
    )
    .await;
    assert_eq!(
        told,
        [
            "seed.yaml:3:5: books[0]: timeZone: \"Mars\" is no IANA name of a time zone",
            "seed.yaml:11:44: books[1].accounts[0].groups[0]: there is no \"Assets\"; there is none at all",
            "seed.yaml:12:9: books[1].accounts[1]: another account has the name \"BANK\" already",
            "seed.yaml:14:45: books[1].transactions[0].from: there is no \"Bnk\"; there is Bank",
        ]
    );
}

#[tokio::test]
async fn a_text_that_is_no_yaml_says_so() {
    let error = Seed::parse("seed.yaml", "books: [").unwrap_err();
    assert_eq!(error.to_string(), "the seed seed.yaml cannot be read");
    let error = Seed::read("/nowhere/seed.yaml").unwrap_err();
    assert_eq!(error.to_string(), "cannot read the seed /nowhere/seed.yaml");
}
