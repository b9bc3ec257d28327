//! Apps are registered and installed.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use std::fs;

use bookhook_sandbox::{Manifest, ManifestError, RegisterError, Sandbox, StartError};
use serde_json::{Value, json};

use crate::client::{Client, given_a_book};

#[tokio::test]
async fn an_unknown_app_is_created_and_a_known_one_changed() {
    let (_sandbox, mia, _) = given_a_book().await;
    let manifest =
        json!({"id": "tax-bot", "name": "Tax Bot", "events": ["TRANSACTION_CHECKED"], "menuPopupWidth": 500});
    let message = "App NOT found! ID: tax-bot";
    assert_eq!(mia.get("/v5/apps/tax-bot").await.refused(404, "notFound"), message);
    assert_eq!(mia.put("/v5/apps", manifest.clone()).await.refused(404, "notFound"), message);

    let app = mia.post("/v5/apps", manifest.clone()).await.ok();
    for (field, value) in [
        ("id", json!("tax-bot")),
        ("name", json!("Tax Bot")),
        ("events", json!(["TRANSACTION_CHECKED"])),
        ("menuPopupWidth", json!(500)),
        ("ownerEmail", json!("mia@example.com")),
        ("installable", json!(true)),
        ("published", json!(false)),
    ] {
        assert_eq!(app[field], value, "{field}");
    }
    assert_eq!(mia.get("/v5/apps/tax-bot").await.ok(), app);
    assert_eq!(mia.get("/v5/apps").await.ok(), json!({"items": [app]}));
    mia.post("/v5/apps", manifest).await.refused(409, "conflict");
}

#[tokio::test]
async fn absent_fields_of_an_app_stay_and_null_clears() {
    let (_sandbox, mia, _) = given_a_book().await;
    let dev = "http://127.0.0.1:1/dev";
    mia.post(
        "/v5/apps",
        json!({"id": "tax-bot", "webhookUrl": "http://127.0.0.1:1", "clientSecret": "s3cret"}),
    )
    .await
    .ok();
    let mut app = mia.get("/v5/apps/tax-bot").await.ok();
    assert_eq!(app.get("clientSecret"), None);
    app["webhookUrlDev"] = json!(dev);
    app["deployment"] = json!({"server": "a.ts"});
    assert_eq!(mia.put("/v5/apps", app.clone()).await.ok()["webhookUrlDev"], dev);
    let changed = mia.patch("/v5/apps", json!({"id": "tax-bot", "description": "Taxes"})).await.ok();
    assert_eq!((&changed["webhookUrlDev"], &changed["description"]), (&json!(dev), &json!("Taxes")));
    let cleared = mia.put("/v5/apps", json!({"id": "tax-bot", "webhookUrlDev": null})).await.ok();
    assert_eq!(cleared.get("webhookUrlDev"), None);
    assert_eq!(cleared["webhookUrl"], "http://127.0.0.1:1");
}

#[tokio::test]
async fn only_the_owner_and_developers_change_an_app() {
    let (_sandbox, mia, _) = given_a_book().await;
    mia.post("/v5/apps", json!({"id": "tax-bot", "developers": "dev, *@aurora.example"})).await.ok();
    let change = json!({"id": "tax-bot", "description": "Taxes"});
    for developer in ["dev", "zoe@aurora.example"] {
        mia.user(developer).put("/v5/apps", change.clone()).await.ok();
    }
    mia.user("ana").put("/v5/apps", json!({"id": "tax-bot", "name": "Mine"})).await.refused(403, "forbidden");
    assert_eq!(mia.get("/v5/apps/tax-bot").await.ok()["name"], "tax-bot");
}

#[tokio::test]
async fn what_is_no_app_is_refused() {
    let (_sandbox, mia, _) = given_a_book().await;
    mia.post("/v5/apps", json!({"name": "No id"})).await.refused(400, "required");
    mia.post("/v5/apps", json!({"id": "Tax Bot"})).await.refused(400, "invalidParameter");
    let message = mia.post("/v5/apps", json!({"id": "tax-bot", "events": ["TRANSACTION_BURNT"]})).await;
    assert!(message.refused(400, "invalidParameter").contains("InvalidFormatException"));
    assert_eq!(mia.get("/v5/apps").await.ok(), json!({"items": []}));
}

#[tokio::test]
async fn apps_for_others_and_deprecated_ones_are_not_listed() {
    let (_sandbox, mia, _) = given_a_book().await;
    mia.post("/v5/apps", json!({"id": "private", "users": "ana"})).await.ok();
    mia.post("/v5/apps", json!({"id": "old", "deprecated": true})).await.ok();
    let ids = async |user: &str| {
        let apps = mia.user(user).get("/v5/apps").await.ok();
        apps["items"].as_array().unwrap().iter().map(|app| app["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids("mia").await, ["private"]);
    assert_eq!(ids("ana").await, ["private"]);
    assert_eq!(ids("zoe").await, Vec::<Value>::new());
    assert_eq!(mia.user("zoe").get("/v5/apps/private").await.ok()["installable"], false);
}

#[tokio::test]
async fn an_app_is_registered_from_its_manifest() {
    let folder = tempfile::tempdir().unwrap();
    let yaml = "id: tax-bot\nname: Tax Bot\ndevelopers: '*@example.com'\nevents:\n  - ACCOUNT_CREATED\nwebhookUrlDev:\nscriptId: x\n";
    fs::write(folder.path().join("bkper.yaml"), yaml).unwrap();
    let sandbox = Sandbox::builder().app(folder.path()).app(json!({"id": "other"})).start().await.unwrap();
    let app = Client::of(&sandbox).get("/v5/apps/tax-bot").await.ok();
    assert_eq!((&app["name"], &app["events"]), (&json!("Tax Bot"), &json!(["ACCOUNT_CREATED"])));
    assert_eq!((&app["ownerEmail"], app.get("scriptId")), (&json!("you@example.com"), None));
    Client::of(&sandbox).get("/v5/apps/other").await.ok();
    sandbox.reset().unwrap();
    assert_eq!(Client::of(&sandbox).get("/v5/apps/tax-bot").await.ok()["events"], app["events"]);

    fs::write(folder.path().join("bkper.json"), r#"{"id": "json-bot"}"#).unwrap();
    let sandbox = Sandbox::builder().app(folder.path()).start().await.unwrap();
    Client::of(&sandbox).get("/v5/apps/json-bot").await.ok();
}

#[tokio::test]
async fn for_development_an_app_is_called_here_whatever_its_manifest_says() {
    let manifest =
        json!({"id": "tax-bot", "webhookUrl": "https://a.example/", "webhookUrlDev": "https://b.example/"});
    let here = Manifest::from(manifest).called_at("http://127.0.0.1:8080/hooks/tax-bot").unwrap();
    let sandbox = Sandbox::builder().app(here).start().await.unwrap();
    let app = Client::of(&sandbox).get("/v5/apps/tax-bot").await.ok();
    for url in ["webhookUrl", "webhookUrlDev"] {
        assert_eq!(app[url], "http://127.0.0.1:8080/hooks/tax-bot", "{url}");
    }
}

#[tokio::test]
async fn a_sandbox_with_a_bad_manifest_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let start = async || {
        let good = json!({"id": "good"});
        Sandbox::builder().app(good).app(folder.path()).start().await.unwrap_err()
    };
    assert!(start().await.to_string().contains("neither bkper.json nor bkper.yaml"));
    for (yaml, wrong) in [
        ("users: *@example.com\n", "is not a manifest"),
        ("name: No id\n", "an app needs an `id`"),
        ("id: tax-bot\nevents: [NOON]\n", "is not as Bkper takes it"),
    ] {
        fs::write(folder.path().join("bkper.yaml"), yaml).unwrap();
        let error = start().await;
        assert!(matches!(error, StartError::Manifest(_)));
        let message = error.to_string();
        let folder = folder.path().display().to_string();
        assert!(message.contains(&folder) && message.contains(wrong), "{message}");
    }
}

#[tokio::test]
async fn an_app_is_installed_in_a_book_once() {
    let (_sandbox, mia, book) = given_a_book().await;
    let app = json!({"id": "tax-bot", "name": "Tax Bot", "logoUrl": "https://logos.example/tax.svg"});
    let app = mia.post("/v5/apps", app).await.ok();
    let integrations = format!("{book}/integrations");

    let installed = mia.post(&integrations, json!({"agentId": "tax-bot"})).await.ok();
    for (field, value) in [
        ("agentId", json!("tax-bot")),
        ("name", json!("Tax Bot")),
        ("normalizedName", json!("tax_bot")),
        ("logo", json!("https://logos.example/tax.svg")),
        ("properties", json!({})),
        ("addedBy", json!("mia")),
    ] {
        assert_eq!(installed[field], value, "{field}");
    }
    assert!(installed["id"].as_str().unwrap().parse::<i64>().is_ok());
    assert!(book.ends_with(installed["bookId"].as_str().unwrap()));

    assert_eq!(mia.post(&integrations, json!({"agentId": "tax-bot"})).await.ok(), installed);
    assert_eq!(mia.put(&integrations, json!({"agentId": "tax-bot"})).await.ok(), installed);
    assert_eq!(mia.get(&integrations).await.ok(), json!({"items": [installed]}));
    assert_eq!(mia.get(&format!("{book}/apps")).await.ok(), json!({"items": [app]}));
}

#[tokio::test]
async fn what_is_installed_is_changed_and_removed() {
    let (_sandbox, mia, book) = given_a_book().await;
    mia.post("/v5/apps", json!({"id": "tax-bot"})).await.ok();
    let integrations = format!("{book}/integrations");
    let id = mia.post(&integrations, json!({"agentId": "tax-bot"})).await.ok()["id"].clone();
    let changed =
        mia.put(&integrations, json!({"id": id, "properties": {"Region": "emea", "x": ""}})).await.ok();
    assert_eq!(changed["properties"], json!({"region": "emea"}));
    let path = format!("{integrations}/{}", id.as_str().unwrap());
    assert_eq!(mia.delete(&path).await.ok()["id"], id);
    assert_eq!(mia.get(&integrations).await.ok(), json!({"items": []}));
    mia.delete(&path).await.refused(404, "notFound");
}

#[tokio::test]
async fn an_app_that_is_not_there_or_not_for_the_user_is_not_installed() {
    let (_sandbox, mia, book) = given_a_book().await;
    let integrations = format!("{book}/integrations");
    mia.user("ana").post("/v5/apps", json!({"id": "private", "users": "zoe"})).await.ok();
    let unknown = mia.post(&integrations, json!({"agentId": "tax-bot"})).await.refused(404, "notFound");
    assert_eq!(unknown, "App NOT found! ID: tax-bot");
    mia.post(&integrations, json!({"agentId": "private"})).await.refused(403, "forbidden");
    mia.post(&integrations, json!({"name": "x"})).await.refused(400, "required");
    assert_eq!(mia.get(&integrations).await.ok(), json!({"items": []}));
}

#[tokio::test]
async fn what_an_app_makes_has_its_name_and_logo() {
    let (_sandbox, mia, book) = given_a_book().await;
    let app = json!({"id": "tax-bot", "name": "Tax Bot", "logoUrl": "https://logos.example/tax.svg"});
    mia.post("/v5/apps", app).await.ok();
    for (agent, name, logo) in
        [("tax-bot", "Tax Bot", json!("https://logos.example/tax.svg")), ("other", "other", Value::Null)]
    {
        let transactions = format!("{book}/transactions");
        let made = mia.agent(agent).post(&transactions, json!({"description": "lunch"})).await.ok();
        let made = &made["transaction"];
        assert_eq!(
            (&made["agentId"], &made["agentName"], &made["agentLogo"]),
            (&json!(agent), &json!(name), &logo)
        );
        let event = mia.get(&format!("{book}/events?limit=1")).await.ok();
        let agent = &event["items"][0]["agent"];
        assert_eq!((&agent["name"], &agent["logo"]), (&json!(name), &logo));
    }
}

#[tokio::test]
async fn installing_changing_and_removing_an_app_are_events() {
    let (_sandbox, mia, book) = given_a_book().await;
    mia.post("/v5/apps", json!({"id": "tax-bot"})).await.ok();
    let integrations = format!("{book}/integrations");
    for _ in 0..2 {
        mia.post(&integrations, json!({"agentId": "tax-bot"})).await.ok();
    }
    let installed = mia.get(&integrations).await.ok()["items"][0].clone();
    for _ in 0..2 {
        let change = json!({"id": installed["id"], "name": "Taxes", "properties": {"region": "emea"}});
        mia.put(&integrations, change).await.ok();
    }
    let path = format!("{integrations}/{}", installed["id"].as_str().unwrap());
    let removed = mia.delete(&path).await.ok();

    let query = format!("{book}/events?resoureId={}", installed["id"].as_str().unwrap());
    let events = mia.get(&query).await.ok()["items"].take();
    let told: Vec<_> =
        events.as_array().unwrap().iter().map(|event| (&event["type"], &event["data"])).collect();
    let previous = json!({"name": "", "region": ""});
    let expected = [
        (&json!("INTEGRATION_DELETED"), &json!({"object": removed})),
        (&json!("INTEGRATION_UPDATED"), &json!({"object": removed, "previousAttributes": previous})),
        (&json!("INTEGRATION_CREATED"), &json!({"object": installed})),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn an_app_is_what_its_manifest_said_last_after_a_reset_too() {
    let sandbox = Sandbox::builder().app(json!({"id": "tax-bot", "name": "Tax"})).start().await.unwrap();
    let mia = Client::of(&sandbox).user("mia");
    sandbox.register(json!({"id": "tax-bot", "name": "Sales Tax"})).unwrap();
    assert_eq!(mia.get("/v5/apps/tax-bot").await.ok()["name"], "Sales Tax");
    sandbox.reset().unwrap();
    assert_eq!(mia.get("/v5/apps/tax-bot").await.ok()["name"], "Sales Tax");
    let refused = sandbox.register(json!({"id": "Tax Bot"})).unwrap_err();
    assert!(matches!(refused, RegisterError::Manifest(ManifestError::Id { .. })), "{refused:?}");
    assert_eq!(mia.get("/v5/apps").await.ok()["items"].as_array().unwrap().len(), 1);
}
