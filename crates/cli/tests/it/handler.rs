//! A handler: a real HTTP server that keeps what it gets and answers what it was told to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;

const PATIENCE: Duration = Duration::from_secs(30);

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
    is_open: watch::Sender<bool>,
    _runtime: Runtime,
}

#[derive(Clone)]
struct Script {
    answer: &'static str,
    got: Arc<Mutex<Vec<Got>>>,
    is_open: watch::Receiver<bool>,
}

impl Handler {
    /// A handler that always answers this.
    pub(crate) fn answering(answer: &'static str) -> Self {
        let handler = Self::holding(answer);
        handler.release();
        handler
    }

    /// A handler that answers this once it is [released](Self::release).
    pub(crate) fn holding(answer: &'static str) -> Self {
        let runtime = Runtime::new().unwrap();
        let got = Arc::<Mutex<Vec<Got>>>::default();
        let (is_open, opened) = watch::channel(false);
        let routes = Router::new().fallback(handle).with_state(Script {
            answer,
            got: Arc::clone(&got),
            is_open: opened,
        });
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self { address, got, is_open, _runtime: runtime }
    }

    pub(crate) fn release(&self) {
        self.is_open.send_replace(true);
    }

    /// Waits until something has come.
    pub(crate) fn until_got(&self) {
        let begun = Instant::now();
        while self.got().is_empty() {
            assert!(begun.elapsed() < PATIENCE, "nothing comes");
            std::thread::yield_now();
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }
}

async fn handle(State(mut script): State<Script>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    script.got.lock().unwrap().push(Got { headers, body });
    // An error means that the handler is gone, and its answer with it.
    let _ = script.is_open.wait_for(|is_open| *is_open).await;
    ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], script.answer)
}
