//! The user, what the user would pay for, the user's connections, and templates.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use bookhook_sandbox::Sandbox;
use serde_json::json;

use crate::client::Client;

#[tokio::test]
async fn a_user_sees_themselves() {
    let sandbox = Sandbox::start().await.unwrap();
    let user = Client::of(&sandbox).user("mia.torres@aurora.example").get("/v5/user").await.ok();
    for (field, value) in [
        ("username", json!("mia.torres")),
        ("email", json!("mia.torres@aurora.example")),
        ("name", json!("Mia Torres")),
        ("fullName", json!("Mia Torres")),
        ("givenName", json!("Mia")),
        ("hostedDomain", json!("aurora.example")),
        ("domain", json!({"id": "aurora.example", "name": "aurora.example"})),
        ("planOverdue", json!(false)),
        ("totalTransactionsThisMonth", json!(0)),
        ("totalTransactionsThisYear", json!(0)),
    ] {
        assert_eq!(user[field], value, "{field}");
    }
}

#[tokio::test]
async fn what_is_posted_in_ones_own_books_is_billed() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox);
    let (mia, ravi) = (client.user("mia"), client.user("ravi"));
    client.put("/sandbox/clock", json!({"now": "2026-03-15T12:00:00Z"})).await.ok();
    let book = mia.new_book("Aurora").await;
    mia.share(&book, "ravi@example.com", "EDITOR").await.ok();
    for name in ["Cash", "Sales"] {
        mia.post(&format!("{book}/accounts"), json!({"name": name})).await.ok();
    }
    for date in
        ["2026-03-01", "2026-03-31", "2026-01-01", "2025-12-31", "2025-04-01", "2025-03-31", "2026-04-01"]
    {
        let transaction = json!({"date": date, "amount": "1", "description": "x",
            "creditAccount": {"name": "Sales"}, "debitAccount": {"name": "Cash"}});
        ravi.post(&format!("{book}/transactions"), transaction).await.ok();
    }
    let bill = mia.get("/v5/user/billing").await.ok();
    assert_eq!(bill["email"], "mia@example.com");
    assert_eq!(
        (&bill["totalTransactionsThisMonth"], &bill["totalTransactionsThisYear"]),
        (&json!(2), &json!(3))
    );
    let counts = mia.get("/v5/user/billing/counts").await.ok();
    let month = |year: u32, month: u32, total: u32| json!({"total": total, "year": year, "month": month, "fuzzyDate": (year * 100 + month) * 100});
    let posted = [month(2025, 4, 1), month(2025, 12, 1), month(2026, 1, 1), month(2026, 3, 2)];
    assert_eq!(counts, json!({"posted": posted, "trashed": []}));
    // The book is not ravi's.
    assert_eq!(ravi.get("/v5/user/billing/counts").await.ok(), json!({"posted": [], "trashed": []}));
}

#[tokio::test]
async fn who_goes_to_pay_is_back_at_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let mia = Client::of(&sandbox).user("mia");
    let portal = mia.get("/v5/user/billing/portal?returnUrl=https%3A%2F%2Fapp.example.com%2F").await.ok();
    assert_eq!(portal, json!({"url": "https://app.example.com/"}));
    let checkout = "/v5/user/billing/checkout?plan=PRO&cycle=YEARLY&cancelUrl=https%3A%2F%2Fno.example.com";
    let door = json!({"url": format!("{}/sandbox", sandbox.url())});
    assert_eq!(mia.get(checkout).await.ok(), door);
    let checkout = format!("{checkout}&successUrl=https%3A%2F%2Fyes.example.com");
    assert_eq!(mia.get(&checkout).await.ok(), json!({"url": "https://yes.example.com"}));
    assert_eq!(mia.get("/v5/user/billing/portal").await.ok(), door);
}

#[tokio::test]
async fn there_are_no_templates() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_eq!(Client::of(&sandbox).get("/v5/templates").await.ok(), json!({"items": []}));
}

#[tokio::test]
async fn a_connection_is_kept_changed_listed_and_deleted() {
    let sandbox = Sandbox::start().await.unwrap();
    let mia = Client::of(&sandbox).user("mia");
    let path = "/v5/user/connections";
    assert_eq!(mia.get(path).await.ok(), json!({"items": []}));
    let body = json!({"type": "BANK", "name": "Aurora Bank", "agentId": "bank-bot", "uuid": "u-1",
        "email": "mia@bank.example", "properties": {"Branch": "12"}, "id": "mine"});
    let made = mia.post(path, body).await.ok();
    for (field, value) in [
        ("type", json!("BANK")),
        ("name", json!("Aurora Bank")),
        ("agentId", json!("bank-bot")),
        ("uuid", json!("u-1")),
        ("email", json!("mia@bank.example")),
        ("properties", json!({"branch": "12"})),
    ] {
        assert_eq!(made[field], value, "{field}");
    }
    let id = made["id"].as_str().unwrap();
    assert_ne!(id, "mine");
    let changed = mia.put(path, json!({"id": id, "name": "Bank", "email": null})).await.ok();
    assert_eq!(
        (&changed["name"], changed.get("email"), &changed["uuid"]),
        (&json!("Bank"), None, &json!("u-1"))
    );
    assert_eq!(mia.get(path).await.ok(), json!({"items": [changed]}));
    let one = format!("{path}/{id}");
    assert_eq!(mia.get(&one).await.ok(), changed);
    assert_eq!(mia.delete(&one).await.ok(), changed);
    assert_eq!(mia.get(path).await.ok(), json!({"items": []}));
}

#[tokio::test]
async fn a_connection_is_its_users_alone() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox);
    let (mia, zoe) = (client.user("mia"), client.user("zoe"));
    let made = mia.post("/v5/user/connections", json!({"name": "Bank"})).await.ok();
    assert_eq!((&made["type"], &made["properties"]), (&json!("APP"), &json!({})));
    let one = format!("/v5/user/connections/{}", made["id"].as_str().unwrap());
    zoe.get(&one).await.refused(404, "notFound");
    zoe.delete(&one).await.refused(404, "notFound");
    zoe.put("/v5/user/connections", json!({"id": made["id"], "name": "X"})).await.refused(404, "notFound");
    assert_eq!(zoe.get("/v5/user/connections").await.ok(), json!({"items": []}));

    mia.put("/v5/user/connections", json!({"name": "X"})).await.refused(400, "required");
    mia.put("/v5/user/connections", json!({"id": made["id"], "type": "X"}))
        .await
        .refused(400, "invalidParameter");
    mia.post("/v5/user/connections", json!({"type": "X"})).await.refused(400, "invalidParameter");
    assert_eq!(mia.get("/v5/user/connections").await.ok(), json!({"items": [made]}));
}

#[tokio::test]
async fn a_connection_lists_what_its_user_integrated_with_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox);
    let (mia, zoe) = (client.user("mia"), client.user("zoe"));
    let made = mia.post("/v5/user/connections", json!({"name": "Bank"})).await.ok();
    let path = format!("/v5/user/connections/{}/integrations", made["id"].as_str().unwrap());
    assert_eq!(mia.get(&path).await.ok(), json!({"items": []}));

    let integration = json!({"connectionId": made["id"], "name": "Bank feed"});
    let of_mia =
        mia.post(&format!("{}/integrations", mia.new_book("A").await), integration.clone()).await.ok();
    mia.post(&format!("{}/integrations", mia.new_book("B").await), json!({"connectionId": "x"})).await.ok();
    zoe.post(&format!("{}/integrations", zoe.new_book("C").await), integration).await.ok();
    assert_eq!(mia.get(&path).await.ok(), json!({"items": [of_mia]}));
    zoe.get(&path).await.refused(404, "notFound");
}

#[tokio::test]
async fn a_strict_sandbox_shows_nothing_to_strangers() {
    let sandbox = Sandbox::builder().strict().start().await.unwrap();
    let nobody = Client::of(&sandbox);
    for path in [
        "user",
        "user/billing",
        "user/billing/counts",
        "user/billing/portal",
        "user/billing/checkout",
        "user/connections",
        "user/connections/x",
        "user/connections/x/integrations",
        "templates",
        "collections",
        "books/x/files",
        "books/x/files/x",
        "books/x/queries",
        "books/x/collaborators",
        "books/x/collaborators/request/x",
    ] {
        nobody.get(&format!("/v5/{path}")).await.refused(401, "required");
    }
}
