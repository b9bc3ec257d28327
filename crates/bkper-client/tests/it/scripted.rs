//! A server that answers what it is told, one answer after the other, and notes what it was asked.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bkper_client::{Client, ClientBuilder, RetryPolicy};
use futures_util::{future, stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What the server does when it is asked.
pub(crate) enum Answer {
    /// Answers with this status and body.
    Json(u16, Value),
    /// The same with any body.
    Text(u16, &'static str),
    /// Answers with this status and a header.
    WithHeader(u16, &'static str, &'static str),
    /// Breaks the connection in the middle of the answer.
    Break,
    /// Never answers.
    Silence,
}

/// What the server was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// `GET /v5/user?a=b`
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub(crate) struct Server {
    url: String,
    script: Arc<Script>,
    serving: JoinHandle<()>,
}

struct Script {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<Asked>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Server {
    /// A server that answers so, and `418` when it has no answer left.
    pub(crate) async fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers = Mutex::new(answers.into_iter().collect());
        let script = Arc::new(Script { answers, asked: Mutex::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(answer).with_state(Arc::clone(&script));
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, script, serving }
    }

    /// The same, all answers being successes.
    pub(crate) async fn with(answers: impl IntoIterator<Item = Value>) -> Self {
        Self::answering(answers.into_iter().map(|json| Answer::Json(200, json))).await
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder().base_url(&self.url).retry(quick())
    }

    /// A client that tries often and waits hardly.
    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.script.asked.lock().unwrap().clone()
    }

    /// The first lines of what it was asked.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.line).collect()
    }
}

/// Four tries without much of a wait in between, whatever the server wishes.
pub(crate) fn quick() -> RetryPolicy {
    let moment = Duration::from_millis(1);
    RetryPolicy { tries: 4, first: moment, longest: moment, longest_wish: moment }
}

/// What the API answers when it refuses.
pub(crate) fn refusal(code: u16, reason: &str, message: &str) -> Value {
    let detail = json!({"domain": "global", "reason": reason, "message": message});
    json!({"error": {"code": code, "message": message, "errors": [detail]}})
}

async fn answer(
    State(script): State<Arc<Script>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = String::from_utf8(body.to_vec()).unwrap();
    script.asked.lock().unwrap().push(Asked { line: format!("{method} {uri}"), headers, body });
    let answer = script.answers.lock().unwrap().pop_front();
    let status = |code| StatusCode::from_u16(code).unwrap();
    match answer {
        None => StatusCode::IM_A_TEAPOT.into_response(),
        Some(Answer::Json(code, json)) => (status(code), axum::Json(json)).into_response(),
        Some(Answer::Text(code, text)) => (status(code), text).into_response(),
        Some(Answer::WithHeader(code, name, value)) => (status(code), [(name, value)]).into_response(),
        Some(Answer::Break) => {
            let broken = Err::<Bytes, _>(io::Error::other("broken"));
            Body::from_stream(stream::once(future::ready(broken))).into_response()
        }
        Some(Answer::Silence) => future::pending().await,
    }
}
