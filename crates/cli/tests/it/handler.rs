//! A handler: a real HTTP server that keeps what it gets and answers what it was told to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// What a handler got.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A handler that runs until it is dropped.
pub(crate) struct Handler {
    address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
    _runtime: Runtime,
}

#[derive(Clone)]
struct Script {
    answer: &'static str,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Handler {
    /// A handler that always answers this.
    pub(crate) fn answering(answer: &'static str) -> Self {
        let runtime = Runtime::new().unwrap();
        let got = Arc::<Mutex<Vec<Got>>>::default();
        let routes = Router::new().fallback(handle).with_state(Script { answer, got: Arc::clone(&got) });
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self { address, got, _runtime: runtime }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }
}

async fn handle(State(script): State<Script>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    script.got.lock().unwrap().push(Got { headers, body });
    ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], script.answer)
}
