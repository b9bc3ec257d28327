//! Connections to a handler: made when needed, kept between runs.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::ResponseFuture;
use hyper_util::client::legacy::connect::dns::GaiResolver;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower::ServiceExt;
use tower::util::MapErr;

/// How long a server may take to accept a connection.
pub(super) const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Node's servers close a connection that was idle for 5 s. Ours is gone before, so that no request meets a closing one.
const IDLE_LIMIT: Duration = Duration::from_secs(4);

type Resolver = MapErr<GaiResolver, fn(io::Error) -> Unresolved>;
type Plain = HttpConnector<Resolver>;

/// No address for a host's name.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unresolved(io::Error);

/// An HTTP/1.1 client with the connections that it keeps.
pub(super) enum Client {
    Plain(legacy::Client<Plain, Full<Bytes>>),
    Secure(legacy::Client<HttpsConnector<Plain>, Full<Bytes>>),
}

impl Client {
    /// For `http`. Needs no certificates on the machine.
    pub(super) fn plain() -> Self {
        Self::Plain(pooled(tcp()))
    }

    /// For `https`.
    pub(super) fn secure() -> io::Result<Self> {
        let mut tcp = tcp();
        tcp.enforce_http(false);
        let tls = HttpsConnectorBuilder::new()
            .with_provider_and_platform_verifier(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))?
            .https_only()
            .enable_http1()
            .wrap_connector(tcp);
        Ok(Self::Secure(pooled(tls)))
    }

    pub(super) fn send(&self, request: Request<Full<Bytes>>) -> ResponseFuture {
        match self {
            Self::Plain(client) => client.request(request),
            Self::Secure(client) => client.request(request),
        }
    }
}

fn tcp() -> Plain {
    let unresolved: fn(io::Error) -> Unresolved = Unresolved;
    let mut tcp = HttpConnector::new_with_resolver(GaiResolver::new().map_err(unresolved));
    tcp.set_connect_timeout(Some(CONNECT_LIMIT));
    tcp.set_nodelay(true);
    tcp
}

fn pooled<C: Connect + Clone>(connector: C) -> legacy::Client<C, Full<Bytes>> {
    legacy::Client::builder(TokioExecutor::new())
        .pool_idle_timeout(IDLE_LIMIT)
        .pool_timer(TokioTimer::new())
        // Only what a kept connection hands back because it never took it: the handler cannot have seen that.
        .retry_canceled_requests(true)
        .build(connector)
}
