//! Who may do what with transactions.

use serde_json::{Value, json};

use super::{Aurora, complete, status, with};
use crate::client::Client;

impl Aurora {
    /// Somebody with whom the book is shared.
    async fn shared(&self, permission: &str) -> Client {
        let email = format!("{}@example.com", permission.to_lowercase());
        let body = json!({"email": email, "permission": permission});
        self.mia.post(&format!("{}/collaborators", self.book), body).await.ok();
        Client::of(&self.sandbox).user(&email)
    }

    /// A transaction that this user drafted, in the status.
    async fn of(&self, user: &Client, wanted: &str) -> Value {
        let draft = user.post(&self.path(""), with(complete(), json!({"draft": true}))).await.ok();
        let id = json!({"id": draft["transaction"]["id"]});
        let steps: &[&str] = match wanted {
            "draft" => &[],
            "unchecked" => &["post"],
            "checked" => &["check"],
            "trashed draft" => &["trash"],
            "trashed" => &["post", "trash"],
            _ => panic!("no status: {wanted}"),
        };
        let mut transaction = draft["transaction"].clone();
        for step in steps {
            transaction = self.patch(step, id.clone()).await.ok()["transaction"].take();
        }
        assert_eq!(status(&transaction), wanted);
        transaction
    }
}

/// What is asked for, of a transaction in which status.
const REQUESTS: [(&str, &str); 12] = [
    ("post", "draft"),
    ("check", "draft"),
    ("update", "draft"),
    ("trash", "draft"),
    ("restore", "trashed draft"),
    ("remove", "trashed draft"),
    ("update", "unchecked"),
    ("check", "unchecked"),
    ("uncheck", "checked"),
    ("trash", "unchecked"),
    ("restore", "trashed"),
    ("remove", "trashed"),
];

/// The requests that the user may make, each as the words above.
async fn allowed(aurora: &Aurora, user: &Client, drafted_by: &Client) -> Vec<String> {
    let mut allowed = Vec::new();
    for (request, status) in REQUESTS {
        let transaction = aurora.of(drafted_by, status).await;
        let before = aurora.get(&transaction).await;
        let answer = match request {
            "update" => {
                user.put(&aurora.path(""), json!({"id": transaction["id"], "description": "changed"})).await
            }
            _ => user.patch(&aurora.path(&format!("/{request}")), json!({"id": transaction["id"]})).await,
        };
        if answer.status == 403 {
            answer.refused(403, "forbidden");
            assert_eq!(aurora.get(&transaction).await, before, "{request}");
        } else {
            answer.ok();
            allowed.push(format!("{request} {status}"));
        }
    }
    allowed
}

fn all_but(without: &[&str]) -> Vec<String> {
    let all = REQUESTS.map(|(request, status)| format!("{request} {status}"));
    all.into_iter().filter(|request| !without.contains(&&**request)).collect()
}

#[tokio::test]
async fn of_others_transactions() {
    let aurora = Aurora::open().await;
    for (permission, expected) in [
        ("VIEWER", vec![]),
        ("RECORDER", vec![]),
        ("POSTER", vec!["post draft".to_owned()]),
        ("EDITOR", all_but(&[])),
    ] {
        let user = aurora.shared(permission).await;
        assert_eq!(allowed(&aurora, &user, &aurora.mia).await, expected, "{permission}");
    }
}

#[tokio::test]
async fn of_ones_own_transactions() {
    let aurora = Aurora::open().await;
    let own_drafts = ["update draft", "trash draft", "restore trashed draft", "remove trashed draft"];
    for (permission, expected) in [
        ("RECORDER", own_drafts.map(str::to_owned).to_vec()),
        (
            "POSTER",
            all_but(&[
                "check draft",
                "update unchecked",
                "check unchecked",
                "uncheck checked",
                "remove trashed",
            ]),
        ),
        ("EDITOR", all_but(&[])),
    ] {
        let user = aurora.shared(permission).await;
        assert_eq!(allowed(&aurora, &user, &user).await, expected, "{permission}");
    }
}

#[tokio::test]
async fn of_new_transactions() {
    let aurora = Aurora::open().await;
    let create = async |user: &Client, body: Value| {
        let answer = user.post(&aurora.path(""), body).await;
        if answer.status == 403 {
            answer.refused(403, "forbidden");
            return "forbidden";
        }
        status(&answer.ok()["transaction"])
    };
    #[rustfmt::skip]
    let table = [
        //           a draft      complete     checked
        ("VIEWER",   "forbidden", "forbidden", "forbidden"),
        ("RECORDER", "draft",     "draft",     "draft"),
        ("POSTER",   "draft",     "unchecked", "forbidden"),
        ("EDITOR",   "draft",     "unchecked", "checked"),
    ];
    for (permission, draft, posted, checked) in table {
        let user = aurora.shared(permission).await;
        assert_eq!(create(&user, json!({"description": "lunch"})).await, draft, "{permission}");
        assert_eq!(create(&user, complete()).await, posted, "{permission}");
        assert_eq!(create(&user, with(complete(), json!({"checked": true}))).await, checked, "{permission}");
    }
}

#[tokio::test]
async fn what_a_recorder_drafts_has_accounts_that_others_see() {
    let aurora = Aurora::open().await;
    let recorder = aurora.shared("RECORDER").await;
    let made = recorder.post(&aurora.path(""), complete()).await.ok();
    let batch = recorder.post(&aurora.path("/batch"), json!({"items": [complete()]})).await.ok();
    for drafted in [&made["transaction"], &batch["items"][0]] {
        assert_eq!((drafted.get("creditAccount"), drafted.get("debitAccount")), (None, None));
        let path = aurora.path(&format!("/{}", drafted["id"].as_str().unwrap()));
        let seen = aurora.mia.get(&path).await.ok();
        assert!(seen["creditAccount"]["name"].is_string() && seen["debitAccount"]["name"].is_string());
    }
    let event = aurora.mia.get(&format!("{}/events?limit=1", aurora.book)).await.ok()["items"][0].clone();
    assert!(event["data"]["object"]["transaction"]["creditAccount"]["name"].is_string(), "{event}");
}

#[tokio::test]
async fn to_post_at_once_takes_a_poster() {
    let aurora = Aurora::open().await;
    let (recorder, poster) = (aurora.shared("RECORDER").await, aurora.shared("POSTER").await);
    recorder.patch(&aurora.path("/post"), complete()).await.refused(403, "forbidden");
    let posted = poster.patch(&aurora.path("/post"), complete()).await.ok();
    assert_eq!(status(&posted["transaction"]), "unchecked");
    assert_eq!(posted["transaction"]["createdBy"], "poster");
}

#[tokio::test]
async fn a_stranger_finds_no_book() {
    let aurora = Aurora::open().await;
    let zoe = Client::of(&aurora.sandbox).user("zoe");
    zoe.post(&aurora.path(""), complete()).await.refused(404, "required");
    zoe.patch(&aurora.path("/merge"), json!({"items": []})).await.refused(404, "required");
}

#[tokio::test]
async fn merging_takes_what_trashing_both_takes() {
    let aurora = Aurora::open().await;
    let poster = aurora.shared("POSTER").await;
    let (own, others) = (aurora.of(&poster, "draft").await, aurora.of(&aurora.mia, "draft").await);
    let items = json!({"items": [{"id": own["id"]}, {"id": others["id"]}]});
    poster.patch(&aurora.path("/merge"), items).await.refused(403, "forbidden");
    let second = aurora.of(&poster, "unchecked").await;
    let items = json!({"items": [{"id": own["id"]}, {"id": second["id"]}]});
    poster.patch(&aurora.path("/merge"), items).await.ok();
}
