//! Accounts: created, found by id and by name, changed, archived and deleted.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use serde_json::{Value, json};

use crate::client::{given_a_book, names};

#[tokio::test]
async fn an_account_says_everything_that_clients_look_at() {
    let (_sandbox, mia, book) = given_a_book().await;
    let group = mia.post(&format!("{book}/groups"), json!({"name": "Taxes"})).await.ok();
    let body = json!({
        "id": "12", "name": "Output Tax", "type": "LIABILITY", "groups": [{"name": "taxes"}],
        "properties": {"Tax Rate": " 0.2 ", "gone": ""}, "createdAt": "1", "agentId": "somebody",
        "credit": false, "permanent": false, "hasTransactionPosted": true, "colour": "red",
    });
    let account = mia.post(&format!("{book}/accounts"), body).await.ok();
    for (field, value) in [
        ("name", json!("Output Tax")),
        ("normalizedName", json!("output_tax")),
        ("type", json!("LIABILITY")),
        ("credit", json!(true)),
        ("permanent", json!(true)),
        ("archived", json!(false)),
        ("hasTransactionPosted", json!(false)),
        ("balanceVerified", json!(false)),
        ("properties", json!({"tax_rate": "0.2"})),
        ("agentId", json!("bkper-cli")),
    ] {
        assert_eq!(account[field], value, "{field}");
    }
    assert_ne!(account["id"], "12");
    assert_ne!(account["createdAt"], "1");
    assert_eq!(account["updatedAt"], account["createdAt"]);
    assert_eq!(account.get("colour"), None);
    assert_eq!(account["groups"][0]["id"], group["id"]);
    assert_eq!(account["groups"][0]["type"], "LIABILITY");
}

#[tokio::test]
async fn each_type_has_its_nature() {
    let (_sandbox, mia, book) = given_a_book().await;
    for (nature, credit, permanent) in [
        ("ASSET", false, true),
        ("LIABILITY", true, true),
        ("INCOMING", true, false),
        ("OUTGOING", false, false),
    ] {
        let body = json!({"name": nature, "type": nature});
        let account = mia.post(&format!("{book}/accounts"), body).await.ok();
        assert_eq!(
            (&account["credit"], &account["permanent"]),
            (&json!(credit), &json!(permanent)),
            "{nature}"
        );
    }
    let account = mia.post(&format!("{book}/accounts"), json!({"name": "Mirrored"})).await.ok();
    assert_eq!(account["type"], "ASSET", "an account without a type");
}

#[tokio::test]
async fn an_account_is_found_by_its_id_and_by_any_spelling_of_its_name() {
    let (_sandbox, mia, book) = given_a_book().await;
    for (name, spellings) in [
        (
            "Bank Account",
            &["Bank%20Account", "bank_account", "BANK-ACCOUNT", "bank+account", "%20Bank%20%20Account"][..],
        ),
        ("Visa/Master", &["Visa%2FMaster", "visa%2fmaster"]),
        ("Café São Paulo", &["Caf%C3%A9%20S%C3%A3o%20Paulo", "cafe_sao_paulo"]),
        ("T-shirts_red", &["T-shirts_red", "t%20shirts%20red"]),
        ("Straße", &["Stra%C3%9Fe", "strasse"]),
        ("USD", &["USD%20", "usd"]),
        ("C+", &["C%2B", "c+"]),
        ("Mia's (old)!*~", &["Mia's%20(old)!*~"]),
        ("2026", &["2026"]),
    ] {
        let account = mia.post(&format!("{book}/accounts"), json!({"name": name})).await.ok();
        let id = account["id"].as_str().unwrap();
        for spelling in spellings.iter().chain([&id]) {
            let found = mia.get(&format!("{book}/accounts/{spelling}?")).await.ok();
            assert_eq!((&found["id"], &found["name"]), (&json!(id), &json!(name)), "{spelling}");
        }
        let groups = mia.get(&format!("{book}/accounts/{}/groups", spellings[0])).await.ok();
        assert_eq!(groups, json!({"items": []}));
    }
}

#[tokio::test]
async fn the_id_of_another_book_is_not_found() {
    let (_sandbox, mia, book) = given_a_book().await;
    let other = mia.new_book("Borealis").await;
    let cash = mia.post(&format!("{book}/accounts"), json!({"name": "Cash"})).await.ok();
    let id = cash["id"].as_str().unwrap();
    let message = mia.get(&format!("{other}/accounts/{id}")).await.refused(404, "notFound");
    assert_eq!(message, format!("account not found: {id}"));
    mia.put(&format!("{other}/accounts"), json!({"id": id, "name": "Mine"})).await.refused(404, "notFound");
    mia.delete(&format!("{other}/accounts/{id}")).await.refused(404, "notFound");
    assert_eq!(mia.get(&format!("{book}/accounts/{id}")).await.ok(), cash);
}

#[tokio::test]
async fn a_path_that_is_no_text_is_refused_in_the_apis_words() {
    let (_sandbox, mia, book) = given_a_book().await;
    mia.get(&format!("{book}/accounts/%FF")).await.refused(400, "invalidParameter");
}

#[tokio::test]
async fn an_account_is_mirrored_with_the_groups_of_its_own_book() {
    let (_sandbox, mia, usd) = given_a_book().await;
    let eur = mia.new_book("Aurora EUR").await;
    for name in ["Assets", "Only here"] {
        mia.post(&format!("{usd}/groups"), json!({"name": name})).await.ok();
    }
    let assets = mia.post(&format!("{eur}/groups"), json!({"name": "assets"})).await.ok();
    let body =
        json!({"name": "Bank", "type": "ASSET", "groups": [{"name": "Assets"}, {"name": "Only here"}]});
    let bank = mia.post(&format!("{usd}/accounts"), body).await.ok();
    let mut mirrored = bank.clone();
    mirrored["groups"].as_array_mut().unwrap().push(Value::Null);
    let mirrored = mia.post(&format!("{eur}/accounts"), mirrored).await.ok();
    assert_ne!(mirrored["id"], bank["id"]);
    assert_eq!(mirrored["groups"].as_array().unwrap().len(), 1);
    assert_eq!(mirrored["groups"][0]["id"], assets["id"]);
}

#[tokio::test]
async fn groups_are_replaced_where_they_are_told() {
    let (_sandbox, mia, book) = given_a_book().await;
    let mut ids = Vec::new();
    for name in ["One", "Two"] {
        ids.push(mia.post(&format!("{book}/groups"), json!({"name": name})).await.ok()["id"].clone());
    }
    let accounts = format!("{book}/accounts");
    let cash = mia.post(&accounts, json!({"name": "Cash", "groups": [{"id": ids[0]}]})).await.ok();
    let put = async |body: Value| {
        let mut whole = json!({"id": cash["id"]});
        whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        let account = mia.put(&accounts, whole).await.ok();
        names(&account["groups"])
    };
    assert_eq!(put(json!({"archived": true})).await, ["One"]);
    assert_eq!(
        put(json!({"groups": [{"id": ids[1]}, {"name": "two"}, {"id": "77", "name": "none"}]})).await,
        ["Two"]
    );
    assert_eq!(put(json!({"groups": [{"name": "two"}, {"name": "one"}]})).await, ["One", "Two"]);
    assert_eq!(names(&mia.get(&format!("{accounts}/cash/groups")).await.ok()["items"]), ["One", "Two"]);
    assert_eq!(put(json!({"groups": null})).await, [""; 0]);
    assert_eq!(mia.get(&format!("{book}/groups/One/accounts")).await.ok(), json!({"items": []}));
}

#[tokio::test]
async fn what_is_absent_stays_and_null_clears() {
    let (_sandbox, mia, book) = given_a_book().await;
    let accounts = format!("{book}/accounts");
    let body =
        json!({"name": "Cash", "type": "INCOMING", "archived": true, "properties": {"a": "1", "b": "2"}});
    let cash = mia.post(&accounts, body).await.ok();
    let id = &cash["id"];
    let renamed = mia.put(&accounts, json!({"id": id, "name": "CASH"})).await.ok();
    assert_eq!(renamed["name"], "CASH");
    for field in ["type", "archived", "properties", "createdAt"] {
        assert_eq!(renamed[field], cash[field], "{field}");
    }
    let changed =
        mia.put(&accounts, json!({"id": id, "type": "ASSET", "properties": {"b": "", "C c": "3"}})).await;
    let changed = changed.ok();
    assert_eq!((&changed["type"], &changed["properties"]), (&json!("ASSET"), &json!({"c_c": "3"})));
    let cleared = mia.put(&accounts, json!({"id": id, "properties": null, "name": null})).await.ok();
    assert_eq!((&cleared["name"], &cleared["properties"]), (&json!("CASH"), &json!({})));
}

#[tokio::test]
async fn a_name_is_given_once_in_a_book() {
    let (_sandbox, mia, book) = given_a_book().await;
    let accounts = format!("{book}/accounts");
    mia.post(&accounts, json!({"name": "Petty Cash"})).await.ok();
    let bank = mia.post(&accounts, json!({"name": "Bank"})).await.ok();
    let message = mia.post(&accounts, json!({"name": "petty-CASH "})).await.refused(409, "conflict");
    assert_eq!(message, r#"another account has the name "petty-CASH " already"#);
    mia.put(&accounts, json!({"id": bank["id"], "name": "petty_cash"})).await.refused(409, "conflict");
    let batch = json!({"items": [{"name": "New"}, {"name": "new"}]});
    mia.post(&format!("{accounts}/batch"), batch).await.refused(409, "conflict");
    let all = mia.get(&accounts).await.ok();
    assert_eq!(names(&all["items"]), ["Bank", "Petty Cash"], "a refused request changes nothing");
    assert_eq!(all["items"][0], bank);

    mia.post(&format!("{book}/groups"), json!({"name": "Bank"})).await.ok();
    let other = mia.new_book("Borealis").await;
    mia.post(&format!("{other}/accounts"), json!({"name": "Bank"})).await.ok();
}

#[tokio::test]
async fn wrong_input_is_refused_and_changes_nothing() {
    let (_sandbox, mia, book) = given_a_book().await;
    let accounts = format!("{book}/accounts");
    let cash = mia.post(&accounts, json!({"name": "Cash", "properties": {"a": "1"}})).await.ok();
    let id = &cash["id"];
    let long = "x".repeat(31);
    for (body, reason) in [
        (json!({"type": "ASSET"}), "required"),
        (json!({"name": " - ", "type": "ASSET"}), "required"),
        (json!({"name": "Gold", "type": "GOLD"}), "invalidParameter"),
        (json!({"name": "Gold", "archived": "no"}), "invalidParameter"),
        (json!({"name": "Gold", "groups": "Assets"}), "invalidParameter"),
        (json!({"name": "Gold", "properties": {&long: "1"}}), "invalidParameter"),
        (json!([]), "invalidParameter"),
    ] {
        mia.post(&accounts, body).await.refused(400, reason);
    }
    for (body, reason) in [
        (json!({"name": "Gold"}), "required"),
        (json!({"id": id, "name": ""}), "required"),
        (json!({"id": id, "type": "GOLD"}), "invalidParameter"),
        (json!({"id": id, "name": "Gold", "properties": {&long: "1"}}), "invalidParameter"),
    ] {
        mia.put(&accounts, body).await.refused(400, reason);
    }
    assert_eq!(mia.get(&accounts).await.ok(), json!({"items": [cash]}));
    let unknown =
        mia.post(&accounts, json!({"name": "Gold", "type": "GOLD"})).await.refused(400, "invalidParameter");
    assert!(unknown.contains("InvalidFormatException") && unknown.contains("GOLD"), "{unknown}");
    let too_long = mia.post(&accounts, json!({"name": "Gold", "properties": {long: "1"}})).await;
    let too_long = too_long.refused(400, "invalidParameter");
    assert!(too_long.contains("31 characters"), "{too_long}");
}

#[tokio::test]
async fn accounts_are_listed_by_name_archived_ones_too() {
    let (_sandbox, mia, book) = given_a_book().await;
    let accounts = format!("{book}/accounts");
    assert_eq!(mia.get(&accounts).await.ok(), json!({"items": []}));
    let items = json!([{"name": "Zebra"}, {"name": "ábaco"}, {"name": "Bank", "archived": true}]);
    let made = mia.post(&format!("{accounts}/batch"), json!({"items": items})).await.ok();
    assert_eq!(names(&made["items"]), ["Zebra", "ábaco", "Bank"], "the answer has the order of the request");
    assert_eq!(names(&mia.get(&accounts).await.ok()["items"]), ["ábaco", "Bank", "Zebra"]);
}

#[tokio::test]
async fn a_batch_changes_and_deletes_all_or_nothing() {
    let (_sandbox, mia, book) = given_a_book().await;
    let accounts = format!("{book}/accounts");
    let items = json!({"items": [{"name": "One"}, {"name": "Two"}]});
    let mut list = mia.post(&format!("{accounts}/batch"), items).await.ok();
    for account in list["items"].as_array_mut().unwrap() {
        account["archived"] = json!(true);
    }
    let changed = mia.put(&format!("{accounts}/batch"), list.clone()).await.ok();
    assert_eq!(names(&changed["items"]), ["One", "Two"]);
    assert!(changed["items"].as_array().unwrap().iter().all(|account| account["archived"] == true));

    let with_a_stranger = json!({"items": [changed["items"][0], {"id": "1"}]});
    let delete = format!("{accounts}/delete/batch");
    mia.post(&delete, with_a_stranger).await.refused(404, "notFound");
    assert_eq!(mia.get(&accounts).await.ok(), changed);
    assert_eq!(mia.post(&delete, changed.clone()).await.ok(), changed, "as they were");
    assert_eq!(mia.get(&accounts).await.ok(), json!({"items": []}));
    assert_eq!(mia.post(&delete, json!({"items": []})).await.ok(), json!({"items": []}));
}

#[tokio::test]
async fn a_deleted_account_is_gone_and_its_name_is_free() {
    let (_sandbox, mia, book) = given_a_book().await;
    let accounts = format!("{book}/accounts");
    mia.post(&format!("{book}/groups"), json!({"name": "Assets"})).await.ok();
    let cash = mia.post(&accounts, json!({"name": "Cash", "groups": [{"name": "Assets"}]})).await.ok();
    let id = cash["id"].as_str().unwrap();
    assert_eq!(mia.delete(&format!("{accounts}/{id}")).await.ok(), cash);
    mia.get(&format!("{accounts}/{id}")).await.refused(404, "notFound");
    mia.get(&format!("{accounts}/Cash")).await.refused(404, "notFound");
    mia.delete(&format!("{accounts}/{id}")).await.refused(404, "notFound");
    let assets = mia.get(&format!("{book}/groups/Assets")).await.ok();
    assert_eq!((&assets["hasAccounts"], assets.get("type")), (&json!(false), None));
    let again = mia.post(&accounts, json!({"name": "Cash"})).await.ok();
    assert_ne!(again["id"], cash["id"]);
}

#[tokio::test]
async fn an_account_in_which_something_was_posted_is_archived_instead_of_deleted() {
    let (_sandbox, mia, book) = given_a_book().await;
    let accounts = format!("{book}/accounts");
    mia.post(&format!("{accounts}/batch"), json!({"items": [{"name": "Cash"}, {"name": "Rent"}]})).await.ok();
    let posted = mia.new_transaction(&book, "Cash", "Rent", json!({})).await;
    mia.patch(&format!("{book}/transactions/trash"), json!({"id": posted["id"]})).await.ok();
    let cash = mia.get(&format!("{accounts}/Cash")).await.ok();
    assert_eq!(cash["hasTransactionPosted"], true, "even if it is in the trash now");
    let id = cash["id"].as_str().unwrap();
    let message = mia.delete(&format!("{accounts}/{id}")).await.refused(409, "conflict");
    assert_eq!(message, r#"the account "Cash" has posted transactions: archive it instead of deleting it"#);
    mia.post(&format!("{accounts}/delete/batch"), json!({"items": [cash]})).await.refused(409, "conflict");
    assert_eq!(mia.get(&format!("{accounts}/{id}")).await.ok(), cash);
    let archived = mia.put(&accounts, json!({"id": id, "archived": true})).await.ok();
    assert_eq!((&archived["archived"], &archived["hasTransactionPosted"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn the_drafts_of_a_deleted_account_lose_it() {
    let (_sandbox, mia, book) = given_a_book().await;
    let accounts = format!("{book}/accounts");
    mia.post(&format!("{accounts}/batch"), json!({"items": [{"name": "Cash"}, {"name": "Rent"}]})).await.ok();
    let to = mia.new_transaction(&book, "Cash", "Rent", json!({"draft": true})).await;
    let from = mia.new_transaction(&book, "Rent", "Cash", json!({"draft": true})).await;
    let rent = mia.get(&format!("{accounts}/Rent")).await.ok();
    mia.delete(&format!("{accounts}/{}", rent["id"].as_str().unwrap())).await.ok();
    for (draft, lost, kept) in
        [(to, "debitAccount", "creditAccount"), (from, "creditAccount", "debitAccount")]
    {
        let path = format!("{book}/transactions/{}", draft["id"].as_str().unwrap());
        let now = mia.get(&path).await.ok();
        assert_eq!((now.get(lost), &now[kept]["name"]), (None, &json!("Cash")));
        assert_eq!(now["updatedAt"], draft["updatedAt"]);
    }
}
