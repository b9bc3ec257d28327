//! An app that is told of events: it remembers what came, and answers as a test wants it.

#![allow(clippy::unwrap_used, reason = "a test that cannot listen fails")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;

/// A call of the app.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) event: Value,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// The type of the event.
    pub(crate) fn what(&self) -> &str {
        self.event["type"].as_str().unwrap()
    }

    /// Name of the account or group that the event is about.
    pub(crate) fn name(&self) -> &str {
        self.event["data"]["object"]["name"].as_str().unwrap()
    }
}

/// What the app answers.
pub(crate) struct Reply(Response);

impl From<Value> for Reply {
    fn from(json: Value) -> Self {
        Self((StatusCode::OK, json.to_string()).into_response())
    }
}

impl From<(u16, &str)> for Reply {
    fn from((status, text): (u16, &str)) -> Self {
        Self((StatusCode::from_u16(status).unwrap(), text.to_owned()).into_response())
    }
}

/// An app.
pub(crate) struct Receiver {
    base: String,
    app: Arc<App>,
    serving: JoinHandle<()>,
}

type Script = dyn Fn(usize, &Received) -> Reply + Send + Sync;

struct App {
    received: Mutex<Vec<Received>>,
    came: Notify,
    /// How many calls are being answered, and how many there were at the same time.
    answering: Mutex<(usize, usize)>,
    /// A call is only answered when there is a permit.
    answers: Semaphore,
    script: Box<Script>,
}

impl Receiver {
    /// An app with nothing to say.
    pub(crate) async fn silent() -> Self {
        Self::answering(|_, _| json!({"result": false}).into()).await
    }

    /// An app that answers so, given how many calls there were before.
    pub(crate) async fn answering(
        script: impl Fn(usize, &Received) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let receiver = Self::holding(script).await;
        receiver.answer(Semaphore::MAX_PERMITS / 2);
        receiver
    }

    /// An app that answers only when it is told to.
    pub(crate) async fn holding(script: impl Fn(usize, &Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let app = Arc::new(App {
            received: Mutex::default(),
            came: Notify::new(),
            answering: Mutex::default(),
            answers: Semaphore::new(0),
            script: Box::new(script),
        });
        let routes = Router::new().fallback(receive).with_state(Arc::clone(&app));
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { base, app, serving }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/events", self.base)
    }

    /// The manifest of an app that is called here for these types of events.
    pub(crate) fn manifest(&self, id: &str, events: &[&str]) -> Value {
        json!({"id": id, "name": "Tax Bot", "events": events, "webhookUrl": self.url()})
    }

    /// Answers so many calls.
    pub(crate) fn answer(&self, calls: usize) {
        self.app.answers.add_permits(calls);
    }

    /// How many calls it had to answer at the same time.
    pub(crate) fn at_once(&self) -> usize {
        self.app.answering.lock().unwrap().1
    }

    /// What came until now.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.app.received.lock().unwrap().clone()
    }

    /// Waits until so many calls came.
    pub(crate) async fn came(&self, calls: usize) -> Vec<Received> {
        let came = async {
            loop {
                let more = self.app.came.notified();
                let received = self.received();
                if received.len() >= calls {
                    return received;
                }
                more.await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), came).await;
        waited.unwrap_or_else(|_| panic!("{calls} calls were expected, and {} came", self.received().len()))
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn receive(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let event = serde_json::from_slice(&body).unwrap();
    let received = Received { path: uri.path().to_owned(), headers, event };
    let before = {
        let mut all = app.received.lock().unwrap();
        all.push(received.clone());
        all.len() - 1
    };
    app.came.notify_waiters();
    let begin = |answering: &mut (usize, usize)| {
        answering.0 += 1;
        answering.1 = answering.1.max(answering.0);
    };
    begin(&mut app.answering.lock().unwrap());
    app.answers.acquire().await.unwrap().forget();
    app.answering.lock().unwrap().0 -= 1;
    (app.script)(before, &received).0
}
