//! A client that knows nothing: it sends what it is told and gives back what came.

#![allow(clippy::unwrap_used, reason = "a test that cannot call fails")]

use std::time::Duration;

use bookhook_sandbox::Sandbox;
use http::HeaderMap;
use serde_json::{Value, json};

/// Somebody who calls the API.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
    agent: Option<String>,
}

/// A sandbox with a book of mia's: the book's path, and she.
pub(crate) async fn given_a_book() -> (Sandbox, Client, String) {
    let sandbox = Sandbox::start().await.unwrap();
    let mia = Client::of(&sandbox).user("mia").agent("bkper-cli");
    let book = mia.new_book("Aurora").await;
    (sandbox, mia, book)
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
}

impl Client {
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        let http = reqwest::Client::builder().timeout(Duration::from_mins(1)).build().unwrap();
        Self { http, base: sandbox.url(), token: None, agent: None }
    }

    /// The same, as this user.
    pub(crate) fn user(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same, through this app.
    pub(crate) fn agent(&self, id: &str) -> Self {
        Self { agent: Some(id.to_owned()), ..self.clone() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.call("PUT", path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call("PATCH", path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, None).await
    }

    /// Makes a book, and gives its path.
    pub(crate) async fn new_book(&self, name: &str) -> String {
        let book = self.post("/v5/books", json!({"name": name})).await.ok();
        format!("/v5/books/{}", book["id"].as_str().unwrap())
    }

    /// Shares the book at this path.
    pub(crate) async fn share(&self, book: &str, email: &str, permission: &str) -> Answer {
        let collaborator = json!({"email": email, "permission": permission});
        self.post(&format!("{book}/collaborators"), collaborator).await
    }

    /// Makes a transaction from one account to another, and gives it.
    pub(crate) async fn new_transaction(&self, book: &str, from: &str, to: &str, more: Value) -> Value {
        let mut body = json!({
            "date": "2026-03-04", "amount": "10", "creditAccount": {"name": from}, "debitAccount": {"name": to},
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post(&format!("{book}/transactions"), body).await.ok()["transaction"].clone()
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.send(method, path, body.map(|body| body.to_string().into_bytes()), &[]).await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<Vec<u8>>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let url = format!("{}{path}", self.base);
        let mut request = self.http.request(method.parse().unwrap(), url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(agent) = &self.agent {
            request = request.header("bkper-agent-id", agent);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.unwrap();
        let json = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
        Answer { status, headers, json }
    }
}

impl Answer {
    /// The JSON of a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.json);
        self.json
    }

    /// The message of a refusal with this status and reason, in the form that all refusals have.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, reason: &str) -> String {
        assert_eq!(self.status, status, "{}", self.json);
        let message = self.json["error"]["message"].as_str().unwrap_or_default().to_owned();
        let detail = json!({"domain": "global", "reason": reason, "message": message});
        // What a user may not see has the status of what is not there.
        let code = if (status, reason) == (404, "required") { 401 } else { status };
        assert_eq!(self.json, json!({"error": {"code": code, "message": message, "errors": [detail]}}));
        message
    }
}

/// The names of the resources in a list.
pub(crate) fn names(list: &Value) -> Vec<String> {
    let items = list.as_array().unwrap().iter();
    items.map(|resource| resource["name"].as_str().unwrap().to_owned()).collect()
}
