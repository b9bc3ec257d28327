//! The walk itself: one book's life, chapter by chapter, through every endpoint.

use serde_json::{Value, json};

use super::story::Story;

/// What the chapters share.
pub(super) struct World {
    pub(super) book: String,
}

const NOTHING: Value = Value::Null;

fn id(resource: &Value) -> String {
    resource["id"].as_str().expect("an id").to_owned()
}

fn transaction(operation: &Value) -> Value {
    operation["transaction"].clone()
}

pub(super) async fn user(story: &mut Story) {
    story.call("GET user", &[], NOTHING).await;
    story.call("GET user/billing", &[], NOTHING).await;
    story.call("GET user/billing/counts", &[], NOTHING).await;
    story.call("GET user/billing/portal?returnUrl=https://example.com/back", &[], NOTHING).await;
    let checkout = "GET user/billing/checkout?plan=standard&cycle=MONTHLY&successUrl=https://example.com/yes";
    story.call(checkout, &[], NOTHING).await;
    let connection = json!({"type": "APP", "name": "My bank", "agentId": "tax-bot", "uuid": "u-1"});
    let connection = story.call("POST user/connections", &[], connection).await;
    let renamed = json!({"id": connection["id"], "name": "My other bank", "properties": {"Region": "EU"}});
    story.call("PUT user/connections", &[], renamed).await;
    let connection = id(&connection);
    story.call("GET user/connections", &[], NOTHING).await;
    story.call("GET user/connections/{id}", &[&connection], NOTHING).await;
    story.call("GET user/connections/{id}/integrations", &[&connection], NOTHING).await;
    story.call("DELETE user/connections/{id}", &[&connection], NOTHING).await;
    story.call("GET templates", &[], NOTHING).await;
}

pub(super) async fn apps(story: &mut Story, handler: &str, events: &[&str]) {
    let app = json!({
        "id": "tax-bot", "name": "Tax Bot", "developers": "mia", "webhookUrl": format!("{handler}/events"),
        "events": events, "filePatterns": ["*.ofx"], "logoUrl": "https://example.com/tax.svg", "logoUrlDark": "https://example.com/tax-dark.svg",
        "propertiesSchema": {"account": {"keys": ["tax_rate"], "values": ["20"]}},
    });
    story.call("POST apps", &[], app).await;
    let changed = json!({"id": "tax-bot", "description": "Taxes", "webhookUrlDev": format!("{handler}/dev")});
    story.call("PUT apps", &[], changed).await;
    story.call("PATCH apps", &[], json!({"id": "tax-bot", "webhookUrlDev": null})).await;
    let others = [("second-bot", "Second"), ("bkper-cli", "Bkper CLI")];
    for (id, name) in others {
        let logo = |suffix: &str| format!("https://example.com/{id}{suffix}.svg");
        let app = json!({"id": id, "name": name, "logoUrl": logo(""), "logoUrlDark": logo("-dark")});
        story.call("POST apps", &[], app).await;
    }
    story.call("GET apps", &[], NOTHING).await;
    story.call("GET apps/{id}", &["tax-bot"], NOTHING).await;
}

pub(super) async fn books(story: &mut Story) -> World {
    let aurora = json!({
        "name": "Aurora USD", "timeZone": "America/New_York", "fractionDigits": 2, "datePattern": "MM/dd/yyyy",
        "properties": {"Exc Code": "USD", "empty": ""}, "lockDate": "2023-12-31",
    });
    let book = id(&story.call("POST books", &[], aurora).await);
    let installed = json!({"agentId": "tax-bot", "properties": {"mode": "test"}});
    let installed = story.call("POST books/{b}/integrations", &[&book], installed).await;
    let renamed = json!({"id": installed["id"], "agentId": "tax-bot", "name": "Our taxes"});
    story.call("PUT books/{b}/integrations", &[&book], renamed).await;
    story.call("GET books/{b}/integrations", &[&book], NOTHING).await;
    story.call("GET books/{b}/apps", &[&book], NOTHING).await;
    story.call("PUT books/{b}", &[&book], json!({"name": "Aurora", "lockDate": "2025-12-31"})).await;
    story.call("PUT books", &[], json!({"id": book, "lockDate": "1900-00-00", "pageSize": 50})).await;
    story.call("PUT books", &[], json!({"id": book, "lockDate": "2024-12-31"})).await;
    story.call("GET books?query=auro", &[], NOTHING).await;
    World { book }
}

pub(super) async fn groups(story: &mut Story, world: &World) {
    let book = world.book.as_str();
    let assets = story.call("POST books/{b}/groups", &[book], json!({"name": "Assets"})).await;
    let list = json!({"items": [
        {"name": "Current-Assets", "parent": {"id": assets["id"]}, "properties": {"level": "2"}},
        {"name": "Revenue", "hidden": true},
        {"name": "Café"},
    ]});
    let list = story.call("POST books/{b}/groups/batch", &[book], list).await;
    let cafe = id(&list["items"][2]);
    story.call("GET books/{b}/groups/{id}", &[book, "current_assets"], NOTHING).await;
    story.call("GET books/{b}/groups", &[book], NOTHING).await;
    story.call("DELETE books/{b}/groups/{id}", &[book, &cafe], NOTHING).await;
}

pub(super) async fn accounts(story: &mut Story, world: &World) {
    let book = world.book.as_str();
    let bank = json!({"name": "Bank Account", "type": "ASSET", "groups": [{"name": "Current Assets"}]});
    story.call("POST books/{b}/accounts", &[book], bank).await;
    let list = json!({"items": [
        {"name": "Product Sales", "type": "INCOMING", "groups": [{"name": "Revenue"}],
         "properties": {"tax_rate": "20"}},
        {"name": "Output Tax", "type": "LIABILITY"},
        {"name": "Office Supplies", "type": "OUTGOING"},
        {"name": "Mistake", "type": "ASSET"},
        {"name": "Another mistake", "type": "ASSET"},
    ]});
    let list = story.call("POST books/{b}/accounts/batch", &[book], list).await;
    let (supplies, mistake, another) = (&list["items"][2], &list["items"][3], &list["items"][4]);
    let renamed = json!({"id": supplies["id"], "name": "Supplies", "properties": {"cost_center": "7"}});
    story.call("PUT books/{b}/accounts", &[book], renamed).await;
    let archived = json!({"items": [{"id": supplies["id"], "name": "Office Supplies"}]});
    story.call("PUT books/{b}/accounts/batch", &[book], archived).await;
    story.call("GET books/{b}/accounts", &[book], NOTHING).await;
    story.call("GET books/{b}/accounts/{id}", &[book, "Bank Account"], NOTHING).await;
    story.call("GET books/{b}/accounts/{id}/groups", &[book, "bank_account"], NOTHING).await;
    story.call("GET books/{b}/groups/{id}/accounts", &[book, "Current Assets"], NOTHING).await;
    let mut group = story.call("GET books/{b}/groups/{id}", &[book, "Current Assets"], NOTHING).await;
    group["name"] = json!("Current Assets");
    group["properties"] = json!({"level": "two"});
    story.call("PUT books/{b}/groups", &[book], group).await;
    let products = json!({"name": "Products", "parent": {"name": "Assets"}});
    story.call("POST books/{b}/groups", &[book], products).await;
    story.call("DELETE books/{b}/accounts/{id}", &[book, &id(mistake)], NOTHING).await;
    let gone = json!({"items": [{"id": another["id"]}]});
    story.call("POST books/{b}/accounts/delete/batch", &[book], gone).await;
    story.call("GET books/{b}?loadAccounts=true&loadGroups=true", &[book], NOTHING).await;
}

fn sale(day: &str, amount: &str) -> Value {
    json!({
        "date": day, "amount": amount, "creditAccount": {"name": "Product Sales"},
        "debitAccount": {"name": "Bank Account"}, "description": "Sale #retail",
    })
}

pub(super) async fn transactions(story: &mut Story, world: &World) {
    let book = world.book.as_str();
    let draft = json!({"date": "2026-03-01", "description": "Bank account lunch", "amount": "12.5"});
    let draft = story.call("POST books/{b}/transactions", &[book], draft).await;
    let draft = transaction(&draft);
    let completed = json!({
        "id": draft["id"], "date": "2026-03-02", "debitAccount": {"name": "Office Supplies"},
        "properties": {"receipt": "R-1"}, "urls": ["https://example.com/r1"],
    });
    let completed = story.call("PUT books/{b}/transactions", &[book], completed).await;
    let it = transaction(&completed);
    // Clients send what they have, the whole transaction.
    story.call("PATCH books/{b}/transactions/post", &[book], it.clone()).await;
    for what in ["check", "uncheck", "trash", "restore", "trash", "untrash"] {
        let what = format!("PATCH books/{{b}}/transactions/{what}");
        story.call(&what, &[book], json!({"id": it["id"], "description": "not kept"})).await;
    }
    let mut posted = sale("2026-03-03", "440");
    posted["remoteIds"] = json!(["sale-1"]);
    posted["checked"] = json!(true);
    let posted = story.call("PATCH books/{b}/transactions/post", &[book], posted).await;
    story.call("GET books/{b}/transactions/{id}", &[book, &id(&transaction(&posted))], NOTHING).await;
    batches(story, book).await;
    let one = transaction(&story.call("POST books/{b}/transactions", &[book], sale("2026-03-04", "7")).await);
    let two = transaction(&story.call("POST books/{b}/transactions", &[book], sale("2026-03-04", "8")).await);
    let both = json!({"items": [{"id": one["id"]}, {"id": two["id"]}]});
    story.call("PATCH books/{b}/transactions/merge", &[book], both).await;
    story.call("PATCH books/{b}/transactions/remove", &[book], json!({"id": one["id"]})).await;
}

async fn batches(story: &mut Story, book: &str) {
    let list = json!({"items": [sale("2026-03-01", "100"), sale("2026-02-28", "0.5")]});
    let list = story.call("POST books/{b}/transactions/batch", &[book], list).await;
    let refer = |item: &Value| json!({"id": item["id"]});
    let both = json!({"items": [refer(&list["items"][0]), refer(&list["items"][1])]});
    story.call("PATCH books/{b}/transactions/check/batch", &[book], both.clone()).await;
    let checked = json!({"items": [{"id": list["items"][0]["id"], "amount": "101"}]});
    story.call("PUT books/{b}/transactions/batch?updateChecked=true", &[book], checked).await;
    story.call("PATCH books/{b}/transactions/uncheck/batch", &[book], both.clone()).await;
    story.call("PATCH books/{b}/transactions/trash/batch", &[book], both.clone()).await;
    story.call("PATCH books/{b}/transactions/untrash/batch", &[book], both.clone()).await;
    story.call("PATCH books/{b}/transactions/post/batch", &[book], both).await;
}

pub(super) async fn search(story: &mut Story, world: &World) {
    let book = world.book.as_str();
    story.call("GET books/{b}/transactions?query=&&limit=2", &[book], NOTHING).await;
    let account = "GET books/{b}/transactions?query=account:'Bank Account' after:2026-03 before:$m+1";
    story.call(account, &[book], NOTHING).await;
    story.call("GET books/{b}/transactions?query=remoteId:sale-1", &[book], NOTHING).await;
    story.call("GET books/{b}/transactions?query=is:trashed", &[book], NOTHING).await;
    story.call("GET books/{b}/transactions/count?query=is:posted", &[book], NOTHING).await;
    let counts =
        "GET books/{b}/transactions/count/posted?after=2026-02-01&before=2026-04-01&periodicity=MONTHLY";
    story.call(counts, &[book], NOTHING).await;
    story
        .call("GET books/{b}/balances?query=account:'Bank Account' on:2026 by:m&time=1", &[book], NOTHING)
        .await;
    story.call("GET books/{b}/balances?query=group:Assets before:2026-04", &[book], NOTHING).await;
}

/// Gives the id of a file.
pub(super) async fn files(story: &mut Story, world: &World) -> String {
    let book = world.book.as_str();
    let statement = json!({
        "name": "march.ofx", "contentType": "application/x-ofx", "content": "T0ZYSEVBREVS",
        "properties": {"account_id": "1"},
    });
    let file = story.call("POST books/{b}/files", &[book], statement).await;
    let receipt = json!({
        "name": "receipt.txt", "contentType": "text/plain", "content": "dGhhbmtz",
        "properties": {"upload_method": "attachment"},
    });
    let receipt = story.call("POST books/{b}/files", &[book], receipt).await;
    let mut attached = sale("2026-03-04", "9.99");
    attached["files"] = json!([receipt]);
    story.call("POST books/{b}/transactions", &[book], attached).await;
    id(&file)
}

pub(super) async fn files_end(story: &mut Story, world: &World, file: &str) {
    let book = world.book.as_str();
    story.call("PUT books/{b}/files", &[book], json!({"id": file, "name": "april.ofx"})).await;
    story.call("GET books/{b}/files?limit=1", &[book], NOTHING).await;
    story.call("GET books/{b}/files/{id}", &[book, file], NOTHING).await;
    story.call("DELETE books/{b}/files/{id}", &[book, file], NOTHING).await;
}

pub(super) async fn queries(story: &mut Story, world: &World) {
    let book = world.book.as_str();
    let query = json!({"title": "Drafts", "query": "is:draft"});
    let query = id(&story.call("POST books/{b}/queries", &[book], query).await);
    story.call("PUT books/{b}/queries", &[book], json!({"id": query, "title": "All drafts"})).await;
    story.call("GET books/{b}/queries", &[book], NOTHING).await;
    story.call("DELETE books/{b}/queries/{id}", &[book, &query], NOTHING).await;
}

pub(super) async fn collaborators(story: &mut Story, world: &World) {
    let book = world.book.as_str();
    let zoe = |permission: &str| json!({"email": "zoe@aurora.example", "permission": permission});
    story.call("POST books/{b}/collaborators?message=hello", &[book], zoe("VIEWER")).await;
    story.call("POST books/{b}/collaborators", &[book], zoe("EDITOR")).await;
    story.call("GET books/{b}/collaborators", &[book], NOTHING).await;
    story.call("DELETE books/{b}/collaborators/{id}", &[book, "zoe@aurora.example"], NOTHING).await;
    let request = "POST books/{b}/collaborators/request?permission=VIEWER&message=please";
    story.call(request, &[book], NOTHING).await;
    let request = story.location.rsplit('/').next().unwrap_or_default().to_owned();
    story.call("GET books/{b}/collaborators/request/{id}", &[book, &request], NOTHING).await;
}

pub(super) async fn collections(story: &mut Story, world: &World) {
    let book = world.book.as_str();
    let collection = story.call("POST collections", &[], json!({"name": "Aurora"})).await;
    let collection = id(&collection);
    let books = json!({"items": [{"id": book}]});
    story.call("PATCH collections/{id}/books/add", &[&collection], books.clone()).await;
    story.call("PUT collections", &[], json!({"id": collection, "name": "Aurora Ventures"})).await;
    story.call("PUT books/{b}", &[book], json!({"pageSize": 60})).await;
    story.call("GET books/{b}", &[book], NOTHING).await;
}

pub(super) async fn copies(story: &mut Story, world: &World) {
    let book = world.book.as_str();
    let collection = id(&story.call("GET collections", &[], NOTHING).await["items"][0]);
    let other = story
        .call(
            "POST books/{b}/copy?name=Aurora copy&copyTransactions=true&fromDate=20260301",
            &[book],
            NOTHING,
        )
        .await;
    let other = id(&other);
    story.call("PATCH collections/{id}/books/add", &[&collection], json!({"items": [{"id": other}]})).await;
    story
        .call("PATCH collections/{id}/books/remove", &[&collection], json!({"items": [{"id": other}]}))
        .await;
    story.call("DELETE books/{b}", &[&other], NOTHING).await;
    story.call("PATCH books/{b}/audit", &[book], NOTHING).await;
}

pub(super) async fn activity(story: &mut Story, world: &World) {
    let book = world.book.as_str();
    story.call("GET books/{b}/events?type=TRANSACTION_CHECKED&limit=1", &[book], NOTHING).await;
    story.call("GET books/{b}/events?type=BOOK_CREATED", &[book], NOTHING).await;
    story.call("GET books/{b}/events/backlog", &[book], NOTHING).await;
    let failed = story.call("GET books/{b}/events?error=true&limit=1", &[book], NOTHING).await;
    let event = id(&failed["items"][0]);
    story.call("PUT books/{b}/events/{id}/responses/{agent}", &[book, &event, "tax-bot"], NOTHING).await;
    story.call("DELETE books/{b}/events/{id}/responses/{agent}", &[book, &event, "tax-bot"], NOTHING).await;
    let both = json!({"items": [{"id": event}]});
    story.call("PATCH books/{b}/events/replay/batch?errorsOnly=true", &[book], both).await;
}

pub(super) async fn farewell(story: &mut Story, world: &World) {
    let book = world.book.as_str();
    let second = json!({"agentId": "second-bot"});
    let installed = id(&story.call("POST books/{b}/integrations", &[book], second).await);
    let renamed = json!({"id": installed, "name": "The second"});
    story.call("PUT books/{b}/integrations", &[book], renamed).await;
    story.call("DELETE books/{b}/integrations/{id}", &[book, &installed], NOTHING).await;
    story.call("DELETE books/{b}", &[book], NOTHING).await;
    let collection = id(&story.call("GET collections", &[], NOTHING).await["items"][0]);
    story.call("DELETE collections/{id}", &[&collection], NOTHING).await;
}
