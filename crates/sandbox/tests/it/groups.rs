//! Groups: created in trees, found, changed, locked and deleted.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use serde_json::{Value, json};

use crate::client::{given_a_book, names};

#[tokio::test]
async fn an_empty_group_says_everything_but_a_type() {
    let (_sandbox, mia, book) = given_a_book().await;
    let body = json!({
        "id": "12", "name": "Current-Assets", "hidden": true, "properties": {"Group Code": "GRP-001"},
        "hasAccounts": true, "type": "ASSET", "mixed": true, "createdAt": "1",
    });
    let group = mia.post(&format!("{book}/groups"), body).await.ok();
    for (field, value) in [
        ("name", json!("Current-Assets")),
        ("normalizedName", json!("current_assets")),
        ("hidden", json!(true)),
        ("locked", json!(false)),
        ("hasAccounts", json!(false)),
        ("hasGroups", json!(false)),
        ("mixed", json!(false)),
        ("properties", json!({"group_code": "GRP-001"})),
        ("agentId", json!("bkper-cli")),
    ] {
        assert_eq!(group[field], value, "{field}");
    }
    for field in ["type", "credit", "permanent", "parent"] {
        assert_eq!(group.get(field), None, "{field}");
    }
    assert_ne!(group["id"], "12");
    assert_ne!(group["createdAt"], "1");
    for text in [group["id"].as_str().unwrap(), "current%20assets", "Current-Assets", "current+assets"] {
        assert_eq!(mia.get(&format!("{book}/groups/{text}")).await.ok(), group, "{text}");
    }
    assert_eq!(mia.get(&format!("{book}/groups")).await.ok(), json!({"items": [group]}));
}

#[tokio::test]
async fn a_group_has_what_all_accounts_below_it_have_in_common() {
    let (_sandbox, mia, book) = given_a_book().await;
    let tree = json!([{"name": "All"}, {"name": "Bank", "parent": {"name": "All"}}, {"name": "Sales", "parent": {"name": "all"}}]);
    mia.post(&format!("{book}/groups/batch"), json!({"items": tree})).await.ok();
    let put = async |name: &str, nature: &str, group: &str| {
        let body = json!({"name": name, "type": nature, "groups": [{"name": group}]});
        mia.post(&format!("{book}/accounts"), body).await.ok();
    };
    let common = async |name: &str| {
        let group = mia.get(&format!("{book}/groups/{name}")).await.ok();
        ["type", "credit", "permanent", "mixed", "hasAccounts", "hasGroups"].map(|field| group[field].clone())
    };
    put("Cash", "ASSET", "Bank").await;
    let assets = [json!("ASSET"), json!(false), json!(true), json!(false), json!(true), json!(false)];
    assert_eq!(common("Bank").await, assets);
    let above = [json!("ASSET"), json!(false), json!(true), json!(false), json!(false), json!(true)];
    assert_eq!(common("All").await, above);
    put("Loan", "LIABILITY", "Bank").await;
    let permanent = [Value::Null, Value::Null, json!(true), json!(true), json!(true), json!(false)];
    assert_eq!(common("Bank").await, permanent);
    put("Shop", "INCOMING", "Sales").await;
    let mixed = [Value::Null, Value::Null, Value::Null, json!(true), json!(false), json!(true)];
    assert_eq!(common("All").await, mixed);

    let loan = mia.get(&format!("{book}/accounts/Loan")).await.ok();
    mia.put(&format!("{book}/accounts"), json!({"id": loan["id"], "type": "ASSET"})).await.ok();
    assert_eq!(common("Bank").await, assets, "when an account changes its type");
}

#[tokio::test]
async fn groups_know_the_whole_way_up() {
    let (_sandbox, mia, book) = given_a_book().await;
    let groups = format!("{book}/groups");
    let assets = mia.post(&groups, json!({"name": "Assets"})).await.ok();
    let current = mia.post(&groups, json!({"name": "Current", "parent": {"id": assets["id"]}})).await.ok();
    let cash = mia.post(&groups, json!({"name": "Cash", "parent": current})).await.ok();
    assert_eq!(cash["parent"]["id"], current["id"]);
    assert_eq!(cash["parent"]["parent"]["name"], "Assets");
    assert_eq!(cash["parent"]["hasGroups"], true);
    mia.post(&format!("{book}/accounts"), json!({"name": "Till", "groups": [cash]})).await.ok();
    let till = mia.get(&format!("{groups}/cash/accounts")).await.ok();
    assert_eq!(names(&till["items"]), ["Till"]);
    assert_eq!(till["items"][0]["groups"][0]["parent"]["parent"]["name"], "Assets");
    assert_eq!(mia.get(&format!("{groups}/Assets/accounts")).await.ok(), json!({"items": []}));
}

#[tokio::test]
async fn a_parent_that_is_left_out_is_removed() {
    let (_sandbox, mia, book) = given_a_book().await;
    let groups = format!("{book}/groups");
    mia.post(&groups, json!({"name": "Assets"})).await.ok();
    let bank =
        mia.post(&groups, json!({"name": "Bank", "parent": {"normalizedName": "x", "name": "assets"}})).await;
    let mut bank = bank.ok();
    bank["hidden"] = json!(true);
    let kept = mia.put(&groups, bank.clone()).await.ok();
    assert_eq!((&kept["hidden"], &kept["parent"]["name"]), (&json!(true), &json!("Assets")));
    bank.as_object_mut().unwrap().remove("parent");
    let removed = mia.put(&groups, bank).await.ok();
    assert_eq!((removed.get("parent"), &removed["hidden"]), (None, &json!(true)));
    let assets = mia.get(&format!("{groups}/Assets")).await.ok();
    assert_eq!(assets["hasGroups"], false);
}

#[tokio::test]
async fn a_group_is_mirrored_under_the_parent_of_its_own_book() {
    let (_sandbox, mia, usd) = given_a_book().await;
    let eur = mia.new_book("Aurora EUR").await;
    mia.post(&format!("{usd}/groups"), json!({"name": "Assets"})).await.ok();
    let bank =
        mia.post(&format!("{usd}/groups"), json!({"name": "Bank", "parent": {"name": "Assets"}})).await.ok();
    let orphan = mia.post(&format!("{eur}/groups"), bank.clone()).await.ok();
    assert_eq!(orphan.get("parent"), None, "there is no such parent yet");
    let assets = mia.post(&format!("{eur}/groups"), json!({"name": "ASSETS"})).await.ok();
    let mut mirrored = bank.clone();
    mirrored["id"] = orphan["id"].clone();
    let mirrored = mia.put(&format!("{eur}/groups"), mirrored).await.ok();
    assert_eq!(mirrored["parent"]["id"], assets["id"]);
    mia.put(&format!("{eur}/groups"), bank).await.refused(404, "notFound");
}

#[tokio::test]
async fn a_group_cannot_be_in_itself() {
    let (_sandbox, mia, book) = given_a_book().await;
    let groups = format!("{book}/groups");
    let tree = json!([{"name": "A"}, {"name": "B", "parent": {"name": "A"}}, {"name": "C", "parent": {"name": "B"}}]);
    let tree = mia.post(&format!("{groups}/batch"), json!({"items": tree})).await.ok();
    for name in ["A", "B", "C"] {
        let body = json!({"id": tree["items"][0]["id"], "parent": {"name": name}});
        let message = mia.put(&groups, body).await.refused(400, "invalidParameter");
        assert_eq!(message, r#"the group "A" cannot be in itself or in a group that is in it"#);
    }
    let parents: Vec<Value> = mia.get(&groups).await.ok()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["parent"]["name"].clone())
        .collect();
    assert_eq!(parents, [Value::Null, json!("A"), json!("B")]);
}

#[tokio::test]
async fn a_deleted_group_leaves_its_accounts_and_not_its_groups() {
    let (_sandbox, mia, book) = given_a_book().await;
    let groups = format!("{book}/groups");
    mia.post(&groups, json!({"name": "Assets"})).await.ok();
    let bank = mia.post(&groups, json!({"name": "Bank", "parent": {"name": "Assets"}})).await.ok();
    let memberships = json!([{"name": "Bank"}, {"name": "Assets"}]);
    mia.post(&format!("{book}/accounts"), json!({"name": "Cash", "groups": memberships})).await.ok();
    let bank = mia.get(&format!("{groups}/{}", bank["id"].as_str().unwrap())).await.ok();
    let message = mia.delete(&format!("{groups}/Assets")).await.refused(409, "conflict");
    assert_eq!(message, r#"the group "Assets" has groups in it: move or delete them first"#);
    assert_eq!(
        mia.delete(&format!("{groups}/{}", bank["id"].as_str().unwrap())).await.ok(),
        bank,
        "as it was"
    );
    let cash = mia.get(&format!("{book}/accounts/Cash")).await.ok();
    assert_eq!(names(&cash["groups"]), ["Assets"]);
    mia.get(&format!("{groups}/Bank")).await.refused(404, "notFound");
    mia.delete(&format!("{groups}/Assets")).await.ok();
    assert_eq!(mia.get(&groups).await.ok(), json!({"items": []}));
}

#[tokio::test]
async fn a_name_is_given_once_in_a_book() {
    let (_sandbox, mia, book) = given_a_book().await;
    let groups = format!("{book}/groups");
    mia.post(&groups, json!({"name": "Current Assets"})).await.ok();
    let other = mia.post(&groups, json!({"name": "Other"})).await.ok();
    let message = mia.post(&groups, json!({"name": "current_assets"})).await.refused(409, "conflict");
    assert_eq!(message, r#"another group has the name "current_assets" already"#);
    let same = json!({"id": other["id"], "name": "CURRENT-ASSETS", "hidden": true});
    mia.put(&groups, same).await.refused(409, "conflict");
    let batch = json!({"items": [{"name": "New"}, {"name": "other"}]});
    mia.post(&format!("{groups}/batch"), batch).await.refused(409, "conflict");
    let all = mia.get(&groups).await.ok();
    assert_eq!(names(&all["items"]), ["Current Assets", "Other"]);
    assert_eq!(all["items"][1], other);
}

#[tokio::test]
async fn wrong_input_is_refused_and_changes_nothing() {
    let (_sandbox, mia, book) = given_a_book().await;
    let groups = format!("{book}/groups");
    let group = mia.post(&groups, json!({"name": "Assets"})).await.ok();
    let id = &group["id"];
    let long = "x".repeat(31);
    for (body, reason) in [
        (json!({"hidden": true}), "required"),
        (json!({"name": "_"}), "required"),
        (json!({"name": "New", "hidden": 1}), "invalidParameter"),
        (json!({"name": "New", "parent": "Assets"}), "invalidParameter"),
        (json!({"name": "New", "type": "GOLD"}), "invalidParameter"),
        (json!({"name": "New", "properties": {long: "1"}}), "invalidParameter"),
    ] {
        mia.post(&groups, body).await.refused(400, reason);
    }
    mia.put(&groups, json!({"name": "New"})).await.refused(400, "required");
    mia.put(&groups, json!({"id": id, "name": ""})).await.refused(400, "required");
    mia.put(&groups, json!({"id": "1", "name": "New"})).await.refused(404, "notFound");
    assert_eq!(mia.get(&groups).await.ok(), json!({"items": [group]}));
}
