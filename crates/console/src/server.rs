//! The accept loop of the operators' door.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tracing::debug;

use crate::console::Console;

/// Connections open at once; further ones wait in the system's queue.
const CONNECTIONS_MAX: usize = 256;

/// How long a connection may take to send a request's head.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// And may take so many bytes.
const HEAD_MAX: usize = 64 * 1024;

/// After the system refused a connection, the next is asked for so much later.
const BREATH: Duration = Duration::from_millis(100);

/// Serves a console on a listener.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    console: Console,
}

impl Server {
    /// A server that is not running yet.
    pub fn new(listener: TcpListener, console: Console) -> Self {
        Self { listener, console }
    }

    /// Where it listens.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop`, then takes no more connections; requests under way go on for up to `grace`.
    pub async fn run(self, stop: impl Future<Output = ()>, grace: Duration) {
        let router = self.console.router();
        let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let graceful = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let accept = async {
                let permit = Arc::clone(&permits).acquire_owned().await;
                (permit, self.listener.accept().await)
            };
            let (permit, accepted) = tokio::select! {
                biased;
                () = &mut stop => break,
                accepted = accept => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    let connection = connection(stream, router.clone(), &graceful);
                    tokio::spawn(async move {
                        connection.await;
                        drop(permit);
                    });
                }
                Err(error) => {
                    debug!(%error, "a connection to the operators' door failed");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
        drop(self.listener);
        self.console.close();
        if tokio::time::timeout(grace, graceful.shutdown()).await.is_err() {
            debug!("connections to the operators' door were still open at the end");
        }
    }
}

fn connection(
    stream: TcpStream,
    router: Router,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + use<> {
    // Events of a stream are small, and should not wait for more to send.
    let _ = stream.set_nodelay(true);
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(HEAD_MAX);
    let service = TowerToHyperService::new(router);
    let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
    async move {
        if let Err(error) = connection.await {
            debug!(%error, "a connection to the operators' door ended early");
        }
    }
}
