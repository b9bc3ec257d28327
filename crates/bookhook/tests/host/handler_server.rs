//! A handler behind a URL, whose answers a test writes down, and which can be gone.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use bookhook_testkit::wait::in_time;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What it does with a call.
#[derive(Clone, Copy)]
pub(crate) enum Does {
    /// Answers 200 with this JSON.
    Answers(&'static str),
    /// Answers 429, and asks to come back after so many seconds.
    IsBusy(&'static str),
    /// Answers with this status.
    Fails(u16),
    /// Never answers.
    Hangs,
}

/// A call as it came.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

pub(crate) struct HandlerServer {
    address: SocketAddr,
    calls: watch::Sender<Vec<Call>>,
    serving: JoinHandle<()>,
}

impl HandlerServer {
    /// Does with each call, counted from 0, what `script` says.
    pub(crate) async fn start(script: impl Fn(usize) -> Does + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), script).await
    }

    /// The same at an address where one was before.
    pub(crate) async fn start_at(
        address: SocketAddr,
        script: impl Fn(usize) -> Does + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (calls, script) = (watch::Sender::new(Vec::new()), Arc::new(script));
        let noted = calls.clone();
        let handle = move |headers: HeaderMap, body: Bytes| {
            let mut number = 0;
            noted.send_modify(|calls| {
                number = calls.len();
                calls.push(Call { headers, body });
            });
            respond(script(number))
        };
        let router = Router::new().fallback(handle);
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, calls, serving }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/events", self.address)
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.borrow().clone()
    }

    pub(crate) async fn until_called(&self, count: usize) {
        let mut calls = self.calls.subscribe();
        in_time("calls of the handler", calls.wait_for(|calls| calls.len() >= count)).await.unwrap();
    }

    /// From now on nobody listens there.
    pub(crate) async fn stop(self) {
        self.serving.abort();
        assert!(self.serving.await.unwrap_err().is_cancelled());
    }
}

async fn respond(does: Does) -> impl IntoResponse {
    match does {
        Does::Answers(json) => (StatusCode::OK, [("content-type", "application/json")], json),
        Does::IsBusy(seconds) => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds)], ""),
        Does::Fails(status) => {
            (StatusCode::from_u16(status).unwrap(), [("content-type", "text/plain")], "no")
        }
        Does::Hangs => std::future::pending().await,
    }
}
