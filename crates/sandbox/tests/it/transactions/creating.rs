//! New transactions.

use serde_json::{Value, json};

use super::{Aurora, complete, status, with};

#[tokio::test]
async fn a_complete_transaction_is_posted_and_all_of_it_is_told() {
    let aurora = Aurora::open().await;
    let answer = aurora.mia.agent("bkper-cli").post(&aurora.path(""), complete()).await.ok();
    let transaction = &answer["transaction"];
    for (field, value) in [
        ("date", json!("2026-03-04")),
        ("dateValue", json!(20_260_304)),
        ("dateFormatted", json!("04/03/2026")),
        ("amount", json!("100.00")),
        ("description", json!("paper")),
        ("tags", json!([])),
        ("urls", json!([])),
        ("files", json!([])),
        ("remoteIds", json!([])),
        ("properties", json!({})),
        ("draft", json!(false)),
        ("posted", json!(true)),
        ("checked", json!(false)),
        ("trashed", json!(false)),
        ("createdBy", json!("mia")),
        ("agentId", json!("bkper-cli")),
    ] {
        assert_eq!(transaction[field], value, "{field}");
    }
    let names = [&answer["accounts"][0], &answer["accounts"][1], &transaction["creditAccount"]];
    assert_eq!(
        names.map(|account| account["name"].as_str().unwrap()),
        ["Bank Account", "Office Supplies", "Bank Account"]
    );
    for account in names {
        assert_eq!(account["hasTransactionPosted"], true, "{account}");
        assert_eq!((&account["properties"], &account["groups"]), (&json!({}), &json!([])));
        assert_eq!(account.get("balance"), None);
    }
}

#[tokio::test]
async fn the_app_that_created_it_is_shown_with_its_name_and_logo() {
    let aurora = Aurora::open().await;
    let app = json!({
        "id": "tax-bot", "name": "Tax Bot", "logoUrl": "https://a.example/tax.svg",
        "logoUrlDark": "https://a.example/dark.svg",
    });
    aurora.mia.post("/v5/apps", app).await.ok();
    let created = aurora.mia.agent("tax-bot").post(&aurora.path(""), complete()).await.ok();
    for (field, value) in [
        ("agentId", "tax-bot"),
        ("agentName", "Tax Bot"),
        ("agentLogo", "https://a.example/tax.svg"),
        ("agentLogoDark", "https://a.example/dark.svg"),
    ] {
        assert_eq!(created["transaction"][field], value);
    }
    assert_eq!(aurora.get(&created["transaction"]).await, created["transaction"]);
}

#[tokio::test]
async fn what_only_the_server_sets_is_ignored() {
    let aurora = Aurora::open().await;
    let body = json!({
        "id": "mine", "createdAt": "1", "updatedAt": "1", "posted": true, "trashed": true, "createdBy": "zoe",
        "agentId": "other-bot", "agentName": "Other", "tags": ["nothing"], "dateValue": 20_200_101,
        "dateFormatted": "01/01/2020", "draft": false, "description": "#food and #Drink #food",
    });
    let transaction = aurora.create(body).await;
    assert_ne!(transaction["id"], "mine");
    assert_ne!(transaction["createdAt"], "1");
    assert_eq!(status(&transaction), "draft");
    assert_eq!(transaction["createdBy"], "mia");
    assert_eq!(transaction["tags"], json!(["food", "Drink"]));
    for field in ["agentId", "agentName", "date", "dateValue", "dateFormatted", "amount"] {
        assert_eq!(transaction.get(field), None, "{field}");
    }
}

#[tokio::test]
async fn an_incomplete_transaction_stays_a_draft() {
    let aurora = Aurora::open().await;
    for gap in [
        json!({"date": null}),
        json!({"date": "1900-00-00"}),
        json!({"amount": null}),
        json!({"amount": "0.00"}),
        json!({"creditAccount": null}),
        json!({"creditAccount": {}}),
        json!({"debitAccount": {"name": "Nowhere"}}),
        json!({"debitAccount": {"name": "bank-account"}}),
    ] {
        let answer = aurora.mia.post(&aurora.path(""), with(complete(), gap.clone())).await.ok();
        assert_eq!(status(&answer["transaction"]), "draft", "{gap}");
        assert_eq!(answer["accounts"], json!([]), "{gap}");
    }
    assert_eq!(aurora.told().await, ["TRANSACTION_CREATED"; 8]);
}

#[tokio::test]
async fn a_book_may_not_post_by_itself_and_a_draft_may_be_wanted() {
    let aurora = Aurora::with(json!({"autoPost": false})).await;
    assert_eq!(status(&aurora.create(complete()).await), "draft");
    assert_eq!(status(&aurora.checked().await), "draft");
    let posted = aurora.patch("post", complete()).await.ok();
    assert_eq!(status(&posted["transaction"]), "unchecked");

    let aurora = Aurora::open().await;
    assert_eq!(status(&aurora.draft().await), "draft");
}

#[tokio::test]
async fn a_transaction_can_be_made_posted_and_checked_at_once() {
    let aurora = Aurora::open().await;
    let checked = aurora.patch("post", with(complete(), json!({"checked": true}))).await.ok();
    assert_eq!(status(&checked["transaction"]), "checked");
    assert_eq!(status(&aurora.checked().await), "checked");
    assert_eq!(aurora.told().await, ["TRANSACTION_POSTED", "TRANSACTION_CHECKED"].repeat(2));
}

#[tokio::test]
async fn to_post_what_is_incomplete_leaves_a_draft() {
    let aurora = Aurora::open().await;
    let draft = aurora.patch("post", with(complete(), json!({"amount": null}))).await.ok();
    assert_eq!(status(&draft["transaction"]), "draft");
}

/// The examples of what a description says.
#[tokio::test]
async fn accounts_are_read_from_the_description() {
    let aurora = Aurora::open().await;
    for (description, from, to, rest) in [
        (
            "Output Tax Product Sales #vatout Service sold",
            Some("Output Tax"),
            Some("Product Sales"),
            "#vatout Service sold",
        ),
        ("bank account Office-Supplies paper", Some("Bank Account"), Some("Office Supplies"), "paper"),
        ("Bank Account lunch", Some("Bank Account"), None, "lunch"),
        ("#incometax", None, None, "#incometax"),
        // And some more.
        ("  BÁNK_ACCOUNT   output tax", Some("Bank Account"), Some("Output Tax"), ""),
        ("Bank Accountant lunch", None, None, "Bank Accountant lunch"),
        ("Bank Account #food Output Tax", Some("Bank Account"), None, "#food Output Tax"),
        ("lunch Bank Account", None, None, "lunch Bank Account"),
    ] {
        let body = json!({"date": "2026-03-04", "amount": "7", "description": description});
        let transaction = aurora.create(body).await;
        let name = |side: &str| transaction[side]["name"].as_str();
        assert_eq!((name("creditAccount"), name("debitAccount")), (from, to), "{description}");
        assert_eq!(transaction["description"], rest, "{description}");
        assert_eq!(transaction["posted"], from.is_some() && to.is_some(), "{description}");
    }
}

#[tokio::test]
async fn the_longest_name_is_read() {
    let aurora = Aurora::open().await;
    for name in ["Bank", "Bank Account Savings"] {
        aurora.mia.post(&format!("{}/accounts", aurora.book), json!({"name": name})).await.ok();
    }
    let transaction = aurora.create(json!({"description": "Bank account savings BANK interest"})).await;
    assert_eq!(transaction["creditAccount"]["name"], "Bank Account Savings");
    assert_eq!(transaction["debitAccount"]["name"], "Bank");
    assert_eq!(transaction["description"], "interest");
}

#[tokio::test]
async fn what_is_given_is_not_read_from_the_description() {
    let aurora = Aurora::open().await;
    let body = with(complete(), json!({"description": "Output Tax Product Sales 12.50"}));
    let transaction = aurora.create(body).await;
    assert_eq!(transaction["creditAccount"]["name"], "Bank Account");
    assert_eq!(transaction["debitAccount"]["name"], "Office Supplies");
    assert_eq!(transaction["amount"], "100.00");
    assert_eq!(transaction["description"], "Output Tax Product Sales 12.50");

    let one_side =
        json!({"debitAccount": {"name": "Office Supplies"}, "description": "Bank Account ink 12.50"});
    let transaction = aurora.create(with(one_side, json!({"date": "2026-03-04"}))).await;
    assert_eq!(transaction["creditAccount"]["name"], "Bank Account");
    assert_eq!((&transaction["amount"], &transaction["description"]), (&json!("12.50"), &json!("ink")));
    assert_eq!(status(&transaction), "unchecked");
}

#[tokio::test]
async fn a_remote_id_makes_one_transaction() {
    let aurora = Aurora::open().await;
    let body = with(complete(), json!({"remoteIds": ["r1", "", "r1", "r2"]}));
    let first = aurora.create(body).await;
    assert_eq!(first["remoteIds"], json!(["r1", "r2"]));
    for again in [json!({"remoteIds": ["r2"], "amount": "7"}), json!({"remoteIds": ["r3", "r1"]})] {
        assert_eq!(aurora.create(again.clone()).await, first);
        assert_eq!(aurora.patch("post", again).await.ok()["transaction"], first);
    }
    assert_eq!(aurora.told().await, ["TRANSACTION_POSTED"]);

    // What is in the trash does not count, so that it can be replaced at once.
    aurora.patch("trash", json!({"id": first["id"]})).await.ok();
    let second = aurora.create(with(complete(), json!({"remoteIds": ["r1"]}))).await;
    assert_ne!(second["id"], first["id"]);
}

#[tokio::test]
async fn many_that_post_with_one_remote_id_make_one_transaction() {
    let aurora = Aurora::open().await;
    let body = with(complete(), json!({"remoteIds": ["r1"]}));
    let calls = (0..14).map(|_| {
        let (client, path, body) = (aurora.mia.clone(), aurora.path("/post"), body.clone());
        tokio::spawn(async move { client.patch(&path, body).await.ok()["transaction"]["id"].take() })
    });
    let mut ids: Vec<Value> = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        ids.push(call.await.unwrap());
    }
    assert_eq!(ids.len(), 14);
    assert!(ids.iter().all(|id| id.is_string() && *id == ids[0]), "{ids:?}");
    assert_eq!(aurora.told().await, ["TRANSACTION_POSTED"]);
}

#[tokio::test]
async fn amounts_are_exact_and_positive() {
    let aurora = Aurora::open().await;
    for (sent, kept) in [
        (json!("404.8"), "404.80"),
        (json!("100"), "100.00"),
        (json!("-12.5"), "12.50"),
        (json!(12.5), "12.50"),
        (json!(-3), "3.00"),
        (json!("0.123456789012"), "0.123456789012"),
        (json!("+7.100"), "7.100"),
    ] {
        let transaction = aurora.create(with(complete(), json!({"amount": sent}))).await;
        assert_eq!(transaction["amount"], kept, "{sent}");
    }
    for wrong in [json!("undefined"), json!(""), json!("1,000.00"), json!("1e3"), json!("9".repeat(40))] {
        let refused = aurora.mia.post(&aurora.path(""), with(complete(), json!({"amount": wrong}))).await;
        assert!(refused.refused(400, "invalidParameter").contains("amount"), "{wrong}");
    }
    let refused = aurora.mia.post(&aurora.path(""), with(complete(), json!({"amount": true}))).await;
    assert!(refused.refused(400, "invalidParameter").contains("InvalidFormatException"));
}

#[tokio::test]
async fn properties_are_kept_under_normalized_keys() {
    let aurora = Aurora::open().await;
    let properties = json!({"Exchange Code": " USD ", "exc_date": "", "gone": null, "hidden_": "1"});
    let transaction = aurora.create(with(complete(), json!({"properties": properties}))).await;
    assert_eq!(transaction["properties"], json!({"exchange_code": "USD", "hidden_": "1"}));
    let long = json!({"properties": {"x".repeat(31): "1"}});
    aurora.mia.post(&aurora.path(""), with(complete(), long)).await.refused(400, "invalidParameter");
}

#[tokio::test]
async fn accounts_of_another_book_are_found_by_name() {
    let (aurora, other) = (Aurora::open().await, Aurora::open().await);
    let foreign = other.posted().await;
    let body = with(
        complete(),
        json!({"creditAccount": foreign["creditAccount"], "debitAccount": foreign["debitAccount"]}),
    );
    let transaction = aurora.create(body).await;
    assert_eq!(status(&transaction), "unchecked");
    assert_ne!(transaction["creditAccount"]["id"], foreign["creditAccount"]["id"]);
}
