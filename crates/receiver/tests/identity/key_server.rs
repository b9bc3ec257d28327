//! A key server that does as it is told, and counts.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bookhook_sandbox::google::Signer;
use http::StatusCode;
use http::header::{AGE, CACHE_CONTROL, LOCATION};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What Google says.
pub(crate) const SIX_HOURS: &str = "public, max-age=21600, must-revalidate, no-transform";

#[derive(Clone)]
struct Reply {
    status: StatusCode,
    caching: Option<String>,
    age: Option<u64>,
    location: Option<String>,
    body: Vec<u8>,
}

struct Desk {
    requests: watch::Sender<u64>,
    reply: Mutex<Reply>,
    open: watch::Sender<bool>,
}

pub(crate) struct KeyServer {
    address: SocketAddr,
    desk: Arc<Desk>,
    task: JoinHandle<()>,
}

impl KeyServer {
    /// Serves the keys of these signers, fresh for six hours.
    pub(crate) async fn start(signers: &[&Signer]) -> Self {
        let reply = Reply {
            status: StatusCode::OK,
            caching: Some(SIX_HOURS.to_owned()),
            age: None,
            location: None,
            body: jwks(signers).to_string().into_bytes(),
        };
        let desk = Arc::new(Desk {
            requests: watch::Sender::new(0),
            reply: Mutex::new(reply),
            open: watch::Sender::new(true),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new().fallback(answer).with_state(Arc::clone(&desk));
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { address, desk, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/certs", self.address)
    }

    pub(crate) fn requests(&self) -> u64 {
        *self.desk.requests.borrow()
    }

    pub(crate) fn publish(&self, signers: &[&Signer]) {
        self.serve(jwks(signers).to_string());
    }

    /// Serves any body from now on.
    pub(crate) fn serve(&self, body: impl Into<Vec<u8>>) {
        self.change(|reply| reply.body = body.into());
    }

    pub(crate) fn fail_with(&self, status: StatusCode) {
        self.change(|reply| reply.status = status);
    }

    pub(crate) fn redirect_to(&self, url: &str) {
        self.change(|reply| {
            reply.status = StatusCode::FOUND;
            reply.location = Some(url.to_owned());
        });
    }

    pub(crate) fn caching(&self, cache_control: Option<&str>, age: Option<u64>) {
        self.change(|reply| {
            reply.caching = cache_control.map(str::to_owned);
            reply.age = age;
        });
    }

    /// Requests are taken and not answered.
    pub(crate) fn hold(&self) {
        self.desk.open.send_replace(false);
    }

    /// Requests that are held are answered.
    pub(crate) fn release(&self) {
        self.desk.open.send_replace(true);
    }

    /// Waits until somebody asked this many times.
    pub(crate) async fn asked(&self, times: u64) {
        self.desk.requests.subscribe().wait_for(|requests| *requests >= times).await.unwrap();
    }

    /// Nobody listens any more.
    pub(crate) async fn stop(self) {
        self.task.abort();
        let _ = self.task.await;
    }

    fn change(&self, change: impl FnOnce(&mut Reply)) {
        change(&mut self.desk.reply.lock().unwrap());
    }
}

async fn answer(State(desk): State<Arc<Desk>>) -> Response {
    desk.requests.send_modify(|requests| *requests += 1);
    desk.open.subscribe().wait_for(|open| *open).await.unwrap();
    let reply = desk.reply.lock().unwrap().clone();
    let mut response = Response::builder().status(reply.status);
    if let Some(caching) = reply.caching {
        response = response.header(CACHE_CONTROL, caching);
    }
    if let Some(age) = reply.age {
        response = response.header(AGE, age);
    }
    if let Some(location) = reply.location {
        response = response.header(LOCATION, location);
    }
    response.body(Body::from(reply.body)).unwrap()
}

/// One set with the keys of all signers.
pub(crate) fn jwks(signers: &[&Signer]) -> Value {
    let keys: Vec<Value> = signers.iter().map(|signer| signer.jwks()["keys"][0].clone()).collect();
    json!({ "keys": keys })
}
