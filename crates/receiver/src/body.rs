//! Reading a body that must not be larger than allowed, and must not take for ever.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

/// How long a caller may take to send its body.
const BODY_TIME: Duration = Duration::from_secs(30);

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoBody {
    TooLarge,
    TooSlow,
    Broken,
}

/// Whether the body may be read: a caller that announces too much need not send it.
pub(crate) fn check_announced(body: &Body, bytes_max: usize) -> Result<(), NoBody> {
    let announced = http_body::Body::size_hint(body).lower();
    if announced > bytes_max as u64 { Err(NoBody::TooLarge) } else { Ok(()) }
}

/// The whole body, if it has at most `bytes_max`.
pub(crate) async fn read(body: Body, bytes_max: usize) -> Result<Bytes, NoBody> {
    tokio::time::timeout(BODY_TIME, collect(body, bytes_max)).await.unwrap_or(Err(NoBody::TooSlow))
}

async fn collect(mut body: Body, bytes_max: usize) -> Result<Bytes, NoBody> {
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| NoBody::Broken)?.into_data() else { continue };
        if first.len() + rest.len() + data.len() > bytes_max {
            return Err(NoBody::TooLarge);
        }
        // Nearly every body comes in one piece, which is then not copied.
        if first.is_empty() && rest.is_empty() {
            first = data;
        } else {
            if rest.is_empty() {
                rest.extend_from_slice(&std::mem::take(&mut first));
            }
            rest.extend_from_slice(&data);
        }
    }
    Ok(if rest.is_empty() { first } else { rest.freeze() })
}
