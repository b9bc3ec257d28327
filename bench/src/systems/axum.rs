//! Bare axum: the ceiling, and with a delay the handler that calls an API.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use tokio::net::TcpListener;

const ANSWER: &str = r#"{"result":"CHECKED: 1000.00"}"#;

/// Takes every event and answers the same to all, after `delay`.
pub(crate) async fn serve(address: SocketAddr, delay: Duration) -> Result<()> {
    let app = Router::new().fallback(async move |_event: Bytes| {
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        ([(CONTENT_TYPE, "application/json")], ANSWER)
    });
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    axum::serve(listener, app).await.context("the server ended")
}
