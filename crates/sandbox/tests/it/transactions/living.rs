//! What can be done with a transaction in its status.

use serde_json::{Value, json};

use super::{Aurora, complete, status, with};

/// A transaction in each status.
async fn in_every_status(aurora: &Aurora) -> [Value; 5] {
    let [trashed_draft, trashed] = [aurora.draft().await, aurora.posted().await];
    for transaction in [&trashed_draft, &trashed] {
        aurora.patch("trash", json!({"id": transaction["id"]})).await.ok();
    }
    [
        aurora.draft().await,
        aurora.posted().await,
        aurora.checked().await,
        aurora.get(&trashed_draft).await,
        aurora.get(&trashed).await,
    ]
}

/// What becomes of the transactions, and of the events that tell it: `!` is a refusal.
#[tokio::test]
async fn every_request_has_its_outcome_in_every_status() {
    #[rustfmt::skip]
    let table = [
        // request     draft                          unchecked            checked               trashed draft      trashed
        ("post",    ["unchecked POSTED",             "unchecked",         "checked",            "!",               "!"]),
        ("check",   ["checked POSTED CHECKED",       "checked CHECKED",   "checked",            "!",               "!"]),
        ("uncheck", ["draft",                        "unchecked",         "unchecked UNCHECKED", "trashed draft",  "trashed"]),
        ("trash",   ["trashed draft DELETED",        "trashed DELETED",   "!",                  "trashed draft",   "trashed"]),
        ("restore", ["draft",                        "unchecked",         "checked",            "draft RESTORED",  "unchecked RESTORED"]),
        ("untrash", ["draft",                        "unchecked",         "checked",            "draft RESTORED",  "unchecked RESTORED"]),
        ("update",  ["draft UPDATED",                "unchecked UPDATED", "!",                  "!",               "!"]),
        ("remove",  ["!",                            "!",                 "!",                  "gone",            "gone"]),
    ];
    let aurora = Aurora::open().await;
    for (request, expected) in table {
        for (transaction, expected) in in_every_status(&aurora).await.iter().zip(expected) {
            let told_before = aurora.told().await.len();
            let answer = match request {
                "update" => aurora.put(json!({"id": transaction["id"], "description": "changed"})).await,
                _ => aurora.patch(request, json!({"id": transaction["id"]})).await,
            };
            let case = format!("{request} of {}", status(transaction));
            let mut outcome = vec!["!".to_owned()];
            if answer.status == 400 {
                answer.refused(400, "badRequest");
                assert_eq!(aurora.get(transaction).await, *transaction, "{case}");
            } else if request == "remove" {
                assert_eq!(answer.ok()["transaction"], *transaction, "{case}");
                outcome = vec!["gone".to_owned()];
            } else {
                let answered = answer.ok()["transaction"].take();
                assert_eq!(aurora.get(transaction).await, answered, "{case}");
                outcome = vec![status(&answered).to_owned()];
            }
            let told = aurora.told().await.split_off(told_before);
            outcome.extend(told.iter().map(|what| what.replace("TRANSACTION_", "")));
            assert_eq!(outcome.join(" "), expected, "{case}");
        }
    }
}

#[tokio::test]
async fn what_is_removed_is_gone() {
    let aurora = Aurora::open().await;
    let transaction = aurora.posted().await;
    aurora.patch("trash", transaction.clone()).await.ok();
    aurora.patch("remove", transaction.clone()).await.ok();
    let path = aurora.path(&format!("/{}", transaction["id"].as_str().unwrap()));
    aurora.mia.get(&path).await.refused(404, "notFound");
    aurora.patch("restore", transaction).await.refused(404, "notFound");
}

#[tokio::test]
async fn what_is_done_by_id_stores_nothing_else() {
    let aurora = Aurora::open().await;
    let transaction = aurora.posted().await;
    let edited = with(transaction.clone(), json!({"description": "edited", "amount": "undefined"}));
    for what in ["check", "uncheck", "trash", "restore"] {
        let answer = aurora.patch(what, edited.clone()).await.ok();
        assert_eq!(answer["transaction"]["description"], "paper", "{what}");
        assert_eq!(answer["transaction"]["amount"], "100.00", "{what}");
    }
}

#[tokio::test]
async fn a_draft_is_posted_with_what_was_changed_in_it() {
    let aurora = Aurora::open().await;
    let draft = aurora.create(json!({"description": "paper"})).await;
    aurora.patch("post", json!({"id": draft["id"]})).await.refused(400, "required");
    aurora.patch("check", json!({"id": draft["id"]})).await.refused(400, "required");
    assert_eq!(aurora.get(&draft).await, draft);

    let complete = with(complete(), json!({"id": draft["id"], "checked": true}));
    let answer = aurora.patch("post", complete).await.ok();
    assert_eq!(status(&answer["transaction"]), "checked");
    assert_eq!(answer["accounts"].as_array().unwrap().len(), 2);
    assert_eq!(aurora.told().await, ["TRANSACTION_CREATED", "TRANSACTION_POSTED", "TRANSACTION_CHECKED"]);
}

#[tokio::test]
async fn what_is_posted_is_not_changed_by_posting_it() {
    let aurora = Aurora::open().await;
    let posted = aurora.posted().await;
    let edited = with(posted.clone(), json!({"description": "edited", "checked": true}));
    assert_eq!(aurora.patch("post", edited).await.ok()["transaction"], posted);
}

#[tokio::test]
async fn an_update_changes_what_it_has_and_null_clears() {
    let aurora = Aurora::open().await;
    let full = json!({
        "date": "2026-03-04", "amount": "7", "description": "lunch #food", "draft": true,
        "creditAccount": {"name": "Bank Account"}, "debitAccount": {"name": "Office Supplies"},
        "urls": ["https://example.com"], "remoteIds": ["r1"], "properties": {"a": "1", "b": "2"},
    });
    let draft = aurora.create(full).await;
    let id = &draft["id"];

    let unchanged = aurora.put(json!({"id": id})).await.ok()["transaction"].take();
    assert_eq!(unchanged, draft);

    let changed = json!({"id": id, "amount": "8", "properties": {"b": "3", "a": ""}, "date": "2026-03-05"});
    let changed = aurora.put(changed).await.ok()["transaction"].take();
    assert_eq!((&changed["amount"], &changed["dateFormatted"]), (&json!("8.00"), &json!("05/03/2026")));
    assert_eq!(changed["properties"], json!({"b": "3"}));
    assert_eq!((&changed["description"], &changed["urls"]), (&draft["description"], &draft["urls"]));

    let cleared = json!({
        "id": id, "date": null, "amount": null, "description": null, "creditAccount": null, "debitAccount": null,
        "urls": null, "remoteIds": null, "properties": null, "files": null,
    });
    let cleared = aurora.put(cleared).await.ok()["transaction"].take();
    for field in ["date", "dateValue", "dateFormatted", "amount", "creditAccount", "debitAccount"] {
        assert_eq!(cleared.get(field), None, "{field}");
    }
    for field in ["urls", "remoteIds", "tags", "files"] {
        assert_eq!(cleared[field], json!([]), "{field}");
    }
    assert_eq!((&cleared["description"], &cleared["properties"]), (&json!(""), &json!({})));
    assert_eq!(cleared["createdAt"], draft["createdAt"]);
}

#[tokio::test]
async fn an_update_posts_nothing() {
    let aurora = Aurora::open().await;
    let draft = aurora.create(json!({"description": "paper"})).await;
    let update = with(complete(), json!({"id": draft["id"], "posted": true, "checked": true}));
    assert_eq!(status(&aurora.put(update).await.ok()["transaction"]), "draft");
}

#[tokio::test]
async fn what_is_posted_stays_complete() {
    let aurora = Aurora::open().await;
    let posted = aurora.posted().await;
    let put = async |field: Value| aurora.put(with(json!({"id": posted["id"]}), field)).await;
    for (field, name) in [
        (json!({"date": null}), "date"),
        (json!({"amount": "0"}), "amount"),
        (json!({"creditAccount": null}), "creditAccount"),
        (json!({"debitAccount": null}), "debitAccount"),
    ] {
        assert_eq!(put(field).await.refused(400, "required"), format!("{name} is required"));
    }
    put(json!({"debitAccount": {"name": "Bank Account"}})).await.refused(400, "badRequest");
    put(json!({"debitAccount": {"name": "Nowhere"}})).await.refused(404, "notFound");
    assert_eq!(aurora.get(&posted).await, posted);
}

#[tokio::test]
async fn a_checked_transaction_is_changed_only_when_it_is_unchecked_with_it() {
    let aurora = Aurora::open().await;
    let checked = aurora.checked().await;
    let update = json!({"id": checked["id"], "amount": "8"});
    let message = aurora.put(with(update.clone(), json!({"checked": true}))).await.refused(400, "badRequest");
    assert!(message.contains("uncheck it first"), "{message}");
    assert_eq!(aurora.put(checked.clone()).await.ok()["transaction"], checked);

    let changed = aurora.put(with(update, json!({"checked": false}))).await.ok()["transaction"].take();
    assert_eq!((status(&changed), &changed["amount"]), ("unchecked", &json!("8.00")));
    assert_eq!(aurora.told().await.split_off(2), ["TRANSACTION_UNCHECKED", "TRANSACTION_UPDATED"]);
}

#[tokio::test]
async fn an_update_can_check() {
    let aurora = Aurora::open().await;
    let posted = aurora.posted().await;
    let update = json!({"id": posted["id"], "amount": "8", "checked": true});
    let checked = aurora.put(update).await.ok()["transaction"].take();
    assert_eq!((status(&checked), &checked["amount"]), ("checked", &json!("8.00")));
    assert_eq!(aurora.told().await.split_off(1), ["TRANSACTION_UPDATED", "TRANSACTION_CHECKED"]);
}

#[tokio::test]
async fn an_unknown_transaction_is_not_found() {
    let (aurora, other) = (Aurora::open().await, Aurora::open().await);
    let foreign = other.posted().await;
    for what in ["post", "check", "uncheck", "trash", "restore", "remove"] {
        aurora.patch(what, foreign.clone()).await.refused(404, "notFound");
    }
    aurora.put(json!({"id": "none"})).await.refused(404, "notFound");
    assert_eq!(aurora.put(json!({"amount": "1"})).await.refused(400, "required"), "id is required");
    aurora.patch("check", json!({})).await.refused(400, "required");
}

#[tokio::test]
async fn an_attached_file_is_named_by_its_id() {
    let aurora = Aurora::open().await;
    let body = json!({"name": "receipt.txt", "contentType": "text/plain", "content": "aGVsbG8="});
    let file = aurora.mia.post(&format!("{}/files", aurora.book), body).await.ok();
    let attached = aurora.create(json!({"files": [file, {"id": "unknown"}, {"name": "no id"}]})).await;
    assert_eq!(status(&attached), "draft");
    assert_eq!(attached["files"].as_array().unwrap().len(), 1);
    for field in ["id", "name", "contentType"] {
        assert_eq!(attached["files"][0][field], file[field], "{field}");
    }
    assert_eq!(attached["files"][0].get("content"), None);
}
