//! Who may do what with accounts, groups, copies and audits: each permission with each endpoint.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use bookhook_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::client::Client;

const PERMISSIONS: [&str; 6] = ["OWNER", "EDITOR", "POSTER", "RECORDER", "VIEWER", "NONE"];
const WHO_SEES: &[&str] = &["OWNER", "EDITOR", "POSTER", "VIEWER"];
const WHO_MANAGES: &[&str] = &["OWNER", "EDITOR"];
const WHO_OWNS: &[&str] = &["OWNER"];

/// What is asked, below the path of the book. `$name` in a path or body stands for the id of the account or group.
type Request = (&'static str, &'static str, Option<Value>);

fn seeing() -> Vec<Request> {
    let paths = [
        "accounts",
        "accounts/Cash",
        "accounts/Cash/groups",
        "groups",
        "groups/Assets",
        "groups/Assets/accounts",
    ];
    let mut requests: Vec<Request> = paths.into_iter().map(|path| ("GET", path, None)).collect();
    requests.push(("POST", "copy?name=Copy", None));
    requests
}

fn managing() -> Vec<Request> {
    vec![
        ("POST", "accounts", Some(json!({"name": "New"}))),
        ("PUT", "accounts", Some(json!({"id": "$Cash", "archived": true}))),
        ("DELETE", "accounts/$Cash", None),
        ("POST", "accounts/batch", Some(json!({"items": [{"name": "New"}]}))),
        ("POST", "accounts/batch", Some(json!({"items": []}))),
        ("PUT", "accounts/batch", Some(json!({"items": [{"id": "$Cash", "name": "Till"}]}))),
        ("POST", "accounts/delete/batch", Some(json!({"items": [{"id": "$Cash"}]}))),
        ("POST", "groups", Some(json!({"name": "New"}))),
        ("PUT", "groups", Some(json!({"id": "$Assets", "hidden": true}))),
        ("PUT", "groups", Some(json!({"id": "$Locked"}))),
        ("DELETE", "groups/$Assets", None),
        ("POST", "groups/batch", Some(json!({"items": [{"name": "New"}]}))),
        ("PATCH", "audit", None),
    ]
}

fn owning() -> Vec<Request> {
    vec![
        ("POST", "groups", Some(json!({"name": "New", "locked": true}))),
        ("PUT", "groups", Some(json!({"id": "$Assets", "locked": true}))),
        ("PUT", "groups", Some(json!({"id": "$Locked", "locked": false}))),
        ("PUT", "groups", Some(json!({"id": "$Locked", "name": "Open"}))),
        ("DELETE", "groups/$Locked", None),
        ("POST", "copy?name=Copy&copyTransactions=true", None),
    ]
}

/// A book of mia's that is shared with zoe.
struct Shared {
    mia: Client,
    zoe: Client,
    book: String,
    ids: Vec<(String, String)>,
}

impl Shared {
    async fn with(sandbox: &Sandbox, permission: &str) -> Self {
        let mia = Client::of(sandbox).user("mia");
        let book = mia.new_book("Aurora").await;
        for group in [json!({"name": "Assets"}), json!({"name": "Locked", "locked": true})] {
            mia.post(&format!("{book}/groups"), group).await.ok();
        }
        let cash = json!({"name": "Cash", "groups": [{"name": "Assets"}]});
        mia.post(&format!("{book}/accounts"), cash).await.ok();
        let zoe = if permission == "OWNER" { mia.clone() } else { mia.user("zoe") };
        if !["OWNER", "NONE"].contains(&permission) {
            mia.share(&book, "zoe@example.com", permission).await.ok();
        }
        let mut shared = Self { mia, zoe, book, ids: Vec::new() };
        let chart = shared.chart().await;
        for resource in
            chart["accounts"].as_array().unwrap().iter().chain(chart["groups"].as_array().unwrap())
        {
            let text = |field: &str| resource[field].as_str().unwrap().to_owned();
            shared.ids.push((format!("${}", text("name")), text("id")));
        }
        shared
    }

    async fn chart(&self) -> Value {
        self.mia.get(&format!("{}?loadAccounts=true&loadGroups=true", self.book)).await.ok()
    }

    /// Whether zoe may do it.
    async fn allows(&self, (method, path, body): &Request) -> bool {
        let path = self.filled_in(&format!("{}/{path}", self.book));
        let body = body.as_ref().map(|body| self.filled_in(&body.to_string()).parse().unwrap());
        let answer = self.zoe.call(method, &path, body).await;
        match answer.status {
            200..300 => return true,
            404 => answer.refused(404, "required"),
            _ => answer.refused(403, "forbidden"),
        };
        false
    }

    fn filled_in(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
    }
}

#[tokio::test]
async fn each_request_takes_its_permission_and_changes_nothing_without() {
    let sandbox = Sandbox::start().await.unwrap();
    for (requests, who) in [(seeing(), WHO_SEES), (managing(), WHO_MANAGES), (owning(), WHO_OWNS)] {
        for (request, permission) in
            requests.iter().flat_map(|request| PERMISSIONS.map(|each| (request, each)))
        {
            let shared = Shared::with(&sandbox, permission).await;
            let before = shared.chart().await;
            let is_allowed = shared.allows(request).await;
            assert_eq!(is_allowed, who.contains(&permission), "{permission}: {request:?}");
            if !is_allowed {
                assert_eq!(shared.chart().await, before, "{permission}: {request:?}");
            }
        }
    }
}

#[tokio::test]
async fn who_may_only_record_gets_a_book_without_its_chart() {
    let sandbox = Sandbox::start().await.unwrap();
    for (permission, is_seen) in [("RECORDER", false), ("VIEWER", true), ("POSTER", true)] {
        let shared = Shared::with(&sandbox, permission).await;
        let book = shared.zoe.get(&format!("{}?loadAccounts=true&loadGroups=true", shared.book)).await.ok();
        let has = |field: &str| book.get(field).is_some();
        assert_eq!((has("accounts"), has("groups")), (is_seen, is_seen), "{permission}");
    }
}
