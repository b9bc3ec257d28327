//! The accept loop: connections, their limits, and how they end.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;
use tracing::debug;

use crate::answered::{Noting, Unwritten};
use crate::counters::Counters;
use crate::door::Door;

/// The head of a request may take so many bytes: a caller is not known before it has been read.
const HEAD_MAX: usize = 64 * 1024;

/// What a stranger can take up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerLimits {
    /// Connections open at once; further ones wait in the system's queue.
    pub connections_max: usize,
    /// How long a connection may take to send a request's head, counted from its beginning or from the last reply: so
    /// long an idle one is kept.
    pub head_time: Duration,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self { connections_max: 4096, head_time: Duration::from_secs(30) }
    }
}

/// Serves a door on a listener.
pub struct Server {
    listener: TcpListener,
    door: Door,
    limits: ServerLimits,
}

impl Server {
    /// A server that is not running yet.
    pub fn new(listener: TcpListener, door: Door, limits: ServerLimits) -> Self {
        Self { listener, door, limits }
    }

    /// Serves until `stop`, then takes no more connections; requests under way go on for up to `grace`.
    pub async fn run(self, stop: impl Future<Output = ()>, grace: Duration) {
        let connections = Arc::new(Semaphore::new(self.limits.connections_max));
        let graceful = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                biased;
                () = &mut stop => break,
                accepted = accept(&self.listener, &connections, self.door.counters()) => accepted,
            };
            if let Some((stream, permit)) = accepted {
                let connection = self.connection(stream, &graceful);
                tokio::spawn(async move {
                    connection.await;
                    drop(permit);
                });
            }
        }
        drop(self.listener);
        if tokio::time::timeout(grace, graceful.shutdown()).await.is_err() {
            debug!("connections were still open at the end");
        }
    }

    fn connection(&self, stream: TcpStream, graceful: &GracefulShutdown) -> impl Future<Output = ()> + use<> {
        // Small replies must not wait for more to send.
        let _ = stream.set_nodelay(true);
        let unwritten = Unwritten::default();
        let dispatcher = self.door.dispatcher().clone();
        let io = TokioIo::new(Noting { io: stream, unwritten: unwritten.clone(), dispatcher });
        let router = self.door.router();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(unwritten.clone());
            router.clone().oneshot(request)
        });
        // HTTP/1 only: of it hyper closes a connection that says nothing, before a request and between two.
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(self.limits.head_time).max_buf_size(HEAD_MAX);
        let connection = graceful.watch(builder.serve_connection(io, service));
        async move {
            if let Err(error) = connection.await {
                debug!(error = %error, "a connection ended early");
            }
        }
    }
}

async fn accept(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
    counters: &Counters,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    if connections.available_permits() == 0 {
        counters.refuse(None, "connections_full", &"all connections are taken; further ones wait");
    }
    let permit = Arc::clone(connections).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, permit)),
        Err(error) => {
            // Out of file handles, most likely: give those that are open a moment to close.
            counters.refuse(None, "connection_failed", &error);
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}
